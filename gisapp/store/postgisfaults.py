"""What goes wrong with a database server, said to a planner (中心库故障): where, what, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from gisapp.errors import InputError, Problem

NOTHING_WRITTEN: Final = "，本次改动未写入"

TOLD: Final[tuple[tuple[str, str, str], ...]] = (
    ("53100", "数据库服务器磁盘空间不足" + NOTHING_WRITTEN, "请管理员清理磁盘后重试"),
    ("53", "数据库服务器资源不足" + NOTHING_WRITTEN, "稍后重试，或请管理员检查"),
    ("42501", "数据库用户没有所需权限" + NOTHING_WRITTEN, "请管理员授权"),
    ("28", "数据库用户名或密码不对", "检查设置中的数据库地址"),
    ("3D000", "数据库不存在", "检查设置中的数据库地址"),
    ("25006", "数据库为只读" + NOTHING_WRITTEN, "请管理员检查是否连到了备库"),
    ("55P03", "数据库正忙" + NOTHING_WRITTEN, "稍后重试"),
    ("40", "数据库正忙" + NOTHING_WRITTEN, "稍后重试"),
    ("57", "数据库服务器已停止或正在重启", "稍后重试；重试同一操作不会重复写入"),
    ("08", "与数据库服务器的连接中断", "稍后重试；重试同一操作不会重复写入"),
)
"""SQLSTATE or its class, message, action; the first that fits."""


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn what the server raises about itself into an `InputError`; anything else passes."""
    try:
        yield
    except DBAPIError as error:
        state = str(getattr(error.orig, "sqlstate", None) or ("08" if _is_connection(error) else ""))
        for start, message, action in TOLD:
            if state.startswith(start):
                raise InputError(Problem(message, file=name, action=action)) from error
        raise
    except SQLAlchemyError as error:
        raise InputError(Problem("数据库连接不可用", file=name, action="稍后重试，或检查设置")) from error


def _is_connection(error: DBAPIError) -> bool:
    return error.connection_invalidated or type(error.orig).__name__ in (
        "OperationalError",
        "ConnectionTimeout",
    )
