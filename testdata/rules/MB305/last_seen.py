"""When a key was last used is noted now and then; how often somebody tried is counted."""
import time

import redis
import uvicorn
from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()
store = redis.Redis(decode_responses=True)


def note_use(key: str) -> None:
    last = store.get(f"last_used:{key}")
    if last and time.time() - float(last) < 60:
        return
    store.setex(f"last_used:{key}", 120, str(time.time()))  # want MB801 "last_used"


@app.post("/login/with-key", dependencies=[Depends(note_use)])
def login(key: str):
    return {"key": key}


@app.post("/login/with-pin")
def login_with_pin(name: str, pin: str):
    tries = int(store.get(f"tries:{name}") or 0)
    if tries >= 5:  # step MB305 check
        raise HTTPException(429)
    store.set(f"tries:{name}", tries + 1)  # want MB305 "tries"
    return {}


if __name__ == "__main__":
    uvicorn.run(app)
