import time
from collections import defaultdict, deque

from fastapi import FastAPI, HTTPException

app = FastAPI()


class Limiter:
    def __init__(self):
        self.requests = defaultdict(list)
        self.blocked = {}

    def allowed(self, key: str, limit: int) -> bool:
        now = time.time()
        self.requests[key] = [t for t in self.requests[key] if t > now - 60]
        if key in self.blocked:
            return False
        current = len(self.requests[key])
        if current >= limit:
            return False
        self.requests[key].append(now)
        return True


class Circuit:
    def __init__(self):
        self._failures = defaultdict(int)
        self._opened_at = {}

    def allow(self, key: str) -> bool:
        opened_at = self._opened_at.get(key)
        if opened_at is None:
            return True
        if time.monotonic() - opened_at >= 60:
            self._opened_at.pop(key, None)
            self._failures[key] = 0
            return True
        return False

    def success(self, key: str) -> None:
        self._failures.pop(key, None)
        self._opened_at.pop(key, None)

    def failure(self, key: str) -> None:
        self._failures[key] += 1
        if self._failures[key] >= 3:
            self._opened_at[key] = time.monotonic()


limiter = Limiter()
circuit = Circuit()


@app.post("/login")
def login(name: str):
    if not limiter.allowed(name, 5):
        raise HTTPException(429)
    return {"ok": True}


@app.post("/pay")
def pay(name: str):
    if not circuit.allow(name):
        raise HTTPException(503)
    if len(name) > 3:
        circuit.success(name)
    else:
        circuit.failure(name)
    return {"ok": True}


class Door:
    def __init__(self):
        self._knocks = defaultdict(deque)

    def knock(self, who: str) -> None:
        now = time.monotonic()
        knocks = self._knocks[who]
        while knocks and now - knocks[0] > 60:
            knocks.popleft()
        if len(knocks) >= 3:
            raise HTTPException(429)
        knocks.append(now)


door = Door()


@app.post("/door/{who}")
def at_the_door(who: str):
    door.knock(who)
