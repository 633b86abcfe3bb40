"""What is kept under the number of a token is not the token: to end the session of it twice is to end it. An invitation that is shown itself
is used up, and whoever shows it gets something for it."""
import redis.asyncio as redis
from fastapi import FastAPI, HTTPException

app = FastAPI()
store = redis.Redis()


@app.post("/tokens/{token_id}/leave")
async def leave(token_id: str):
    shown = await store.get(f"desk:{token_id}")
    if not shown:
        return {"left": False}
    await store.setex(f"void:{shown}", 600, "1")
    await store.delete(f"desk:{token_id}")
    return {"left": True}


@app.post("/enter")
async def enter(token: str, who: str):
    desk = await store.get(f"invite:{token}")
    if not desk:  # step MB802 check
        raise HTTPException(404)
    await store.delete(f"invite:{token}")  # want MB802 "invite"
    await store.sadd(f"guests:{desk}", who)


@app.post("/doors/{door}/open")
async def open_door(door: str, key: str):
    old = await store.get(f"door:{door}:{key}")
    if not old:  # step MB802 check
        raise HTTPException(403)
    await store.delete(f"door:{door}:{key}")  # want MB802 "door"
    await store.set(f"door:{door}:{old}x", old)
