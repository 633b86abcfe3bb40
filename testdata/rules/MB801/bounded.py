"""A counter with a bound: what the step itself answers decides, a look beforehand only spares it."""
import redis
from fastapi import FastAPI, HTTPException

store = redis.Redis(decode_responses=True)
app = FastAPI()
SEATS = 5


@app.post("/buses/{bus}/board")
def board(bus: str):
    if int(store.get(f"bus:{bus}") or 0) >= SEATS:
        raise HTTPException(409, "full")
    if store.incr(f"bus:{bus}") > SEATS:
        raise HTTPException(409, "full")
    store.rpush(f"passengers:{bus}", "one more")


@app.post("/ferries/{ferry}/board")
def board_ferry(ferry: str):
    aboard = int(store.get(f"ferry:{ferry}") or 0)
    if aboard >= SEATS:  # step MB801 check
        raise HTTPException(409, "full")
    store.incr(f"ferry:{ferry}")  # want MB801 "ferry"


@app.post("/stalls/{stall}/take")
def take(stall: str):
    left = int(store.get(f"stall:{stall}") or 0)
    if left <= 0:
        raise HTTPException(409, "sold out")
    left = store.decr(f"stall:{stall}")
    if left < 0:
        raise HTTPException(409, "sold out")
    return {"left": left}


@app.post("/lifts/{lift}/enter")
def enter(lift: str):
    inside = int(store.get(f"lift:{lift}") or 0)
    if inside >= SEATS:  # step MB801 check
        raise HTTPException(409, "full")
    inside = store.incr(f"lift:{lift}")  # want MB801 "lift"
    if inside == 1:
        store.expire(f"lift:{lift}", 60)
