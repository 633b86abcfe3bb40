"""A limit that a middleware holds: the count is asked for and raised in two steps, and in one."""
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from redis.asyncio import Redis
from starlette.middleware.base import BaseHTTPMiddleware

app = FastAPI()


class TwoSteps(BaseHTTPMiddleware):
    def __init__(self, app, store: Redis, limit: int) -> None:
        super().__init__(app)
        self.store = store
        self.limit = limit

    async def dispatch(self, request, call_next):
        key = f"tries:{request.client.host}"
        tries = int(await self.store.get(key) or 0)
        if tries >= self.limit:  # step MB305 check
            return JSONResponse({"detail": "too many"}, status_code=429)
        await self.store.set(key, tries + 1, ex=60)  # want MB305 "tries"
        return await call_next(request)


class OneStep(BaseHTTPMiddleware):
    def __init__(self, app, store: Redis, limit: int) -> None:
        super().__init__(app)
        self.store = store
        self.limit = limit

    async def dispatch(self, request, call_next):
        async with self.store.pipeline(transaction=True) as pipe:
            tries, _ = await pipe.incr(f"turns:{request.client.host}").expire(f"turns:{request.client.host}", 60, nx=True).execute()
        if tries > self.limit:
            return JSONResponse({"detail": "too many"}, status_code=429)
        return await call_next(request)


app.add_middleware(TwoSteps, store=Redis(host="counts.example"), limit=20)
app.add_middleware(OneStep, store=Redis(host="counts.example"), limit=20)


@app.post("/login")
async def login():
    return {}
