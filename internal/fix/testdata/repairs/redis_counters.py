"""Redis: a counter that is looked at before it is changed."""
import redis.asyncio as redis
from fastapi import FastAPI, HTTPException

r = redis.Redis(decode_responses=True)
app = FastAPI()
MOST = 3


@app.post("/tables/{table}/join")
async def join(table: str):
    if int(await r.get(f"table:{table}") or 0) >= MOST:
        raise HTTPException(
            status_code=409,
            detail="the table is full",
        )
    seat = await r.incr(f"table:{table}")
    return {"seat": seat}


@app.post("/shelves/{shelf}/take")
async def take(shelf: str):
    left = int(await r.get(f"shelf:{shelf}") or 0)
    if left < 1:
        raise HTTPException(404)
    await r.set(f"shelf:{shelf}", left - 1)


@app.post("/jars/{jar}/fill")
async def fill(jar: str, grams: int):
    inside = int(await r.get(f"jar:{jar}") or 0)
    if inside + grams > 500:
        raise HTTPException(409)
    await r.incrby(f"jar:{jar}", grams)
