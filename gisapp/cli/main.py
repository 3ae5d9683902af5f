"""The entry point (命令行入口): commands, exit codes, and errors without tracebacks.

Exit codes: 0 done, 2 bad use, 3 bad input, 4 conflict, 5 check failed or numbers differ, 130 interrupted,
1 anything else.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

import typer

from gisapp._version import __version__
from gisapp.cli import (
    assembly,
    checking,
    comparing,
    doctor,
    editing,
    evaluating,
    importing,
    ledgers,
    procedures,
    robustness,
    scenarios,
    serving,
    sitechecking,
    starting,
    udb,
)
from gisapp.cli.session import Session
from gisapp.cli.words import usage_words
from gisapp.errors import GisappError, refused_by_system

INTERRUPTED = 130
app = typer.Typer(
    name="gisapp",
    help="江北新区用地分析平台 · land planning console for Nanjing Jiangbei New Area",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("serve")(serving.serve)
app.command("init")(starting.init)
app.command("import")(importing.import_)
app.command("evaluate")(evaluating.evaluate)
app.command("explain")(evaluating.explain)
app.command("sensitivity")(robustness.sensitivity)
app.command("ahp")(robustness.ahp)
app.command("site-check")(sitechecking.site_check)
app.command("check")(checking.check)
app.command("edit")(editing.edit)
app.command("log")(editing.log)
app.command("show")(editing.show)
app.command("undo")(editing.undo)
app.command("redo")(editing.redo)
app.command("as-of")(editing.as_of)
app.command("diff")(editing.diff)
app.command("publish")(editing.publish)
app.command("backup")(editing.backup)
app.command("restore")(editing.restore)
app.add_typer(scenarios.app, name="scenario")
app.command("compare")(comparing.compare)
app.add_typer(udb.udb, name="udb")
app.add_typer(ledgers.app, name="ledger")
app.command("assembly")(assembly.assembly)
app.add_typer(procedures.app, name="procedure")
app.command("doctor")(doctor.doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"gisapp {__version__}\n")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="版本号"),
) -> None:
    """江北新区用地分析平台 · land planning console for Nanjing Jiangbei New Area."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (also the console script's)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        # The texts are Chinese; a console in another encoding must not break a result.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    session = Session(as_json="--json" in given)
    try:
        result = app(args=given, prog_name="gisapp", standalone_mode=False, obj=session)
    except GisappError as error:
        action = f"\n处理：{error.action}" if error.action else ""
        session.fail(error.as_dict(), f"错误：{error.message}{action}")
        return error.exit_code
    except BrokenPipeError:
        return 1  # whoever reads has gone
    except OSError as error:
        found = refused_by_system(error)
        session.fail(found.as_dict(), f"错误：{found.message}")
        return found.exit_code
    except (KeyboardInterrupt, typer.Abort):
        session.fail(
            {"message": "已中断，未写入任何内容", "exit_code": INTERRUPTED}, "已中断，未写入任何内容"
        )
        return INTERRUPTED
    except Exception as error:  # the last line of defence: a log file instead of a traceback
        return _unforeseen(session, error)
    code = result if isinstance(result, int) else 0
    if code == INTERRUPTED:
        session.fail(
            {"message": "已中断，未写入任何内容", "exit_code": INTERRUPTED}, "已中断，未写入任何内容"
        )
    return code


def _unforeseen(session: Session, error: Exception) -> int:
    """Return the exit code of a usage error of the parser, or of a fault of ours after logging it."""
    describe = getattr(error, "format_message", None)  # what errors of the command parser have in common
    if callable(describe):
        code = int(getattr(error, "exit_code", 2))
        message = str(describe() or "用法错误")
        if message.startswith("Usage:") and not session.as_json:  # no command was given: the help says it all
            session.errors.print(message, markup=False)
            return code
        context = getattr(error, "ctx", None)
        message = usage_words(error)
        hint = f"查看 {context.command_path} --help" if context is not None else "查看 gisapp --help"
        session.fail(
            {"message": message, "action": hint, "exit_code": code}, f"用法错误：{message}\n处理：{hint}"
        )
        return code
    path = session.log()
    message = f"程序内部错误：{type(error).__name__}: {error}"
    session.fail(
        {"message": message, "action": f"把日志交给维护人员：{path}", "exit_code": 1},
        f"{message}\n处理：把日志交给维护人员：{path}",
    )
    return 1


if __name__ == "__main__":
    raise SystemExit(run())
