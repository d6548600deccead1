from backend.core.errors import Refusal


class PressedTwice(Refusal):
    code = "pressed_twice"
    status = 409
    zh = "这一操作已经提交过，没有再次执行；请返回查看结果。"
    en = "This was submitted before and is not done again; go back to see what it did."
