"""Who finds an answer gives it, and who does not makes it: two that make it have worked twice. Where something was counted on the way, they have counted twice."""
import hashlib
import json
from enum import Enum
from typing import Annotated

import httpx
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


# Under a digest of the question lies its answer, whoever had to be asked for it.
@app.post("/questions")
def ask(question: dict):
    key = f"asked:{hashlib.sha256(json.dumps(question).encode()).hexdigest()}"
    kept = store.get(key)
    if kept:
        return json.loads(kept)
    told = httpx.post("https://oracle.example/questions", json=question).json()
    store.setex(key, 60, json.dumps(told))
    return told


# What lies under this one says only that something was done.
@app.post("/orders")
def order(wanted: dict):
    key = f"sent:{hashlib.sha256(json.dumps(wanted).encode()).hexdigest()}"
    if store.get(key):  # step MB802 check
        return {"sent": "before"}
    httpx.post("https://shop.example/orders", json=wanted)
    store.setex(key, 60, "1")  # want MB802 "sent"
    return {"sent": "now"}
