"""The thread pool: dependencies and handlers written with def share memory; locks of threads help, locks of the loop do not apply."""
import threading
from collections import Counter, deque
from functools import lru_cache
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()
hits: dict[str, int] = {}
taken: set[str] = set()
issued = 0
ring: deque[str] = deque(maxlen=10)


class Store:
    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.stock: dict[str, int] = {"a": 3}
        self.sold = 0

    def sell(self, sku: str) -> None:
        left = self.stock.get(sku, 0)
        if left < 1:  # step MB404 check
            raise HTTPException(409)
        self.stock[sku] = left - 1  # want MB404 "stock"

    def sell_locked(self, sku: str) -> None:
        with self.lock:
            if self.sold >= 100:
                raise HTTPException(409)
            self.sold += 1


store = Store()


@lru_cache(maxsize=None)
def get_store() -> Store:
    return Store()


def count(path: str) -> None:
    hits[path] = hits.get(path, 0) + 1  # want MB404 "hits"


@app.get("/pages/{path}", dependencies=[Depends(count)])
def page(path: str):
    return path


@app.post("/sell/{sku}")
def sell(sku: str):
    store.sell(sku)


@app.post("/sell-locked/{sku}")
def sell_locked(sku: str, shop: Annotated[Store, Depends(get_store)]):
    shop.sell_locked(sku)


@app.post("/number")
def number():
    global issued
    issued += 1  # want MB404 "issued"
    return issued


@app.post("/names/{name}")
def take(name: str):
    if name not in taken:  # step MB404 check
        taken.add(name)  # want MB404 "taken"
        return {"taken": True}
    raise HTTPException(409)


@app.post("/ring")
def add_to_ring(line: str):
    ring.append(line)


@app.get("/words")
def words(text: str):
    counted: Counter[str] = Counter()
    for word in text.split():
        counted[word] += 1
    return counted


claimed: dict[str, str] = {}


@app.post("/claim/{key}")
def claim(key: str, who: str):
    if claimed.setdefault(key, who) != who:
        raise HTTPException(409)


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
