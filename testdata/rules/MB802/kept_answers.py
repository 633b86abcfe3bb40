"""Who finds an answer gives it, and who does not makes it: two that make it have worked twice. Where something was counted on the way, they have counted twice."""
from enum import Enum
from typing import Annotated

import redis
from fastapi import Depends, FastAPI, Header

app = FastAPI()
store = redis.Redis(decode_responses=True)


class Keys(Enum):
    @property
    def prefix(self) -> str:
        return self.value.get("prefix")

    ANSWER = {"prefix": "answer", "about": "what was answered"}
    SESSION = {"prefix": "session", "about": "who is there"}


def caller(token: Annotated[str, Header()]) -> str | None:
    who = store.get(f"{Keys.SESSION.prefix}:{token}")
    if who:
        store.set(f"{Keys.SESSION.prefix}:{token}", who, ex=600)
    return who


def keep(number: int, answer: str) -> None:
    if answer is None:
        return
    store.set(f"{Keys.ANSWER.prefix}:{number}", answer, ex=60)


@app.get("/answers/{number}")
def answer(number: int, who: Annotated[str | None, Depends(caller)]):
    kept = store.get(f"{Keys.ANSWER.prefix}:{number}")
    if kept:
        return kept
    made = who
    keep(number, made)
    return made


@app.get("/v2/answers/{number}")
def answer_counted(number: int, who: Annotated[str | None, Depends(caller)]):
    kept = store.get(f"counted:{number}")
    if kept:  # step MB802 check
        return kept
    store.incr("answers")
    store.set(f"counted:{number}", str(who), ex=60)  # want MB802 "counted"
    return who
