"""Values in redis: keys in every spelling, hashes, sorted sets, several replies, and a client that start-up code makes."""
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, HTTPException, Request
from redis.asyncio import ConnectionPool, Redis

PREFIX = "points"
TAKE = """
local have = tonumber(redis.call('GET', KEYS[1]) or '0')
if have < tonumber(ARGV[1]) then return 0 end
redis.call('DECRBY', KEYS[1], ARGV[1])
return 1
"""


@asynccontextmanager
async def lifespan(app: FastAPI):
    pool = ConnectionPool.from_url("redis://localhost")
    app.state.store = Redis(connection_pool=pool)
    yield
    await app.state.store.aclose()


app = FastAPI(lifespan=lifespan)


def get_store(request: Request) -> Redis:
    return request.app.state.store


@app.post("/a/{user}")
async def concatenated(user: str, cost: int, store: Redis = Depends(get_store)):
    have = await store.get(PREFIX + ":" + user)  # step MB801 read
    if int(have) < cost:  # step MB801 check
        raise HTTPException(402)
    await store.decrby(f"{PREFIX}:{user}", cost)  # want MB801 "points"


@app.post("/b/{user}")
async def hash_field(user: str, cost: int, request: Request):
    store = request.app.state.store
    account = await store.hgetall("account:%s" % user)  # step MB801 read
    if int(account.get("coins", 0)) < cost:  # step MB801 check
        raise HTTPException(402)
    await store.hincrby("account:{}".format(user), "coins", -cost)  # want MB801 "account"


@app.post("/c/{user}")
async def state_in_hash(user: str, store: Redis = Depends(get_store)):
    if await store.hget(f"job:{user}", "state") != b"idle":  # step MB801 check
        raise HTTPException(409)
    await store.hset(f"job:{user}", mapping={"state": "running"})  # want MB801 "job"


@app.post("/d/{room}")
async def counted_members(room: str, user: str, store: Redis = Depends(get_store)):
    if await store.scard(f"room:{room}") >= 8:  # step MB801 check
        raise HTTPException(409)
    await store.sadd(f"room:{room}", user)  # want MB801 "room"


@app.post("/v2/a/{user}")
async def by_script(user: str, cost: int, store: Redis = Depends(get_store)):
    if not await store.eval(TAKE, 1, f"score:{user}", cost):
        raise HTTPException(402)


@app.post("/v3/a/{user}")
async def by_registered_script(user: str, cost: int, store: Redis = Depends(get_store)):
    take = store.register_script(TAKE)
    if int(await store.get(f"score:{user}") or 0) < cost:  # only spares the script a call
        raise HTTPException(402)
    if not await take(keys=[f"score:{user}"], args=[cost]):
        raise HTTPException(402)


@app.post("/v2/d/{room}")
async def after_adding(room: str, user: str, store: Redis = Depends(get_store)):
    async with store.pipeline(transaction=True) as pipe:
        pipe.sadd(f"hall:{room}", user)
        pipe.scard(f"hall:{room}")
        added, size = await pipe.execute()
    if size > 8:
        await store.srem(f"hall:{room}", user)
        raise HTTPException(409)


@app.post("/e/{user}")
async def under_a_lock(user: str, cost: int, store: Redis = Depends(get_store)):
    async with store.lock(f"lock:gems:{user}", timeout=10, blocking_timeout=3):
        have = int(await store.get(f"gems:{user}") or 0)
        if have < cost:
            raise HTTPException(402)
        await store.set(f"gems:{user}", have - cost)


@app.post("/codes/{code}")
async def taken_in_one_step(code: str, store: Redis = Depends(get_store)):
    if await store.get("code:{}".format(code)) is None:  # only for a better answer
        raise HTTPException(404)
    if not await store.getdel(f"code:{code}"):
        raise HTTPException(409)


@app.put("/codes/{code}")
async def renewed(code: str, owner: str, store: Redis = Depends(get_store)):
    await store.setex("code:" + code, 60, owner)
