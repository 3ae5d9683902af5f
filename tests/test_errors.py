import pytest

from gisapp.errors import CheckError, ConflictError, CrsError, GisappError, InputError, Problem, UsageError


@pytest.mark.parametrize(
    ("error", "code"),
    [(GisappError, 1), (UsageError, 2), (InputError, 3), (CrsError, 3), (ConflictError, 4), (CheckError, 5)],
)
def test_each_error_has_the_exit_code_of_the_contract(error, code):
    assert error.exit_code == code
    assert issubclass(error, GisappError)


def test_a_problem_names_place_value_expectation_and_action():
    problem = Problem(
        "不是数值", file="a.csv", row=3, field="面积", value="十亩", expected="数字", action="改正"
    )
    assert str(problem) == "a.csv 第 3 条记录 字段 面积：不是数值（当前值：十亩）；应为：数字；处理：改正"
    assert problem.as_dict() == {
        "message": "不是数值",
        "file": "a.csv",
        "row": 3,
        "field": "面积",
        "value": "十亩",
        "expected": "数字",
        "action": "改正",
    }


def test_an_input_error_carries_all_its_problems():
    error = InputError([Problem("甲"), Problem("乙")])
    assert str(error) == "甲\n乙"
    assert len(error.as_dict()["problems"]) == 2
