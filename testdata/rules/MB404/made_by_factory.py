"""What the default factory of a data class makes for an object of the process is shared by all requests, as the object is."""
from collections import defaultdict
from dataclasses import dataclass, field
from threading import Lock

from fastapi import FastAPI, HTTPException

app = FastAPI()


@dataclass
class Box:
    best: int = 0
    owner: str = ""


@dataclass
class Sale:
    boxes: dict[int, Box] = field(default_factory=lambda: defaultdict(Box))
    guard: Lock = field(default_factory=Lock)

    def offer(self, n: int, who: str, price: int) -> bool:
        box = self.boxes[n]
        if price <= box.best:  # want MB404 "best"
            return False
        box.best, box.owner = price, who
        return True

    def offer_guarded(self, n: int, who: str, price: int) -> bool:
        with self.guard:
            box = self.boxes[n]
            if price <= box.best:
                return False
            box.best, box.owner = price, who
            return True


@dataclass
class Basket:
    items: list[str] = field(default_factory=list)


sale = Sale()
quiet = Sale()


@app.post("/boxes/{n}")
def offer(n: int, who: str, price: int):
    if not sale.offer(n, who, price):
        raise HTTPException(409)


@app.post("/quiet/{n}")
def offer_guarded_ok(n: int, who: str, price: int):
    if not quiet.offer_guarded(n, who, price):
        raise HTTPException(409)


@app.post("/baskets")
def own_basket_ok(item: str):
    basket = Basket()
    if item not in basket.items:
        basket.items.append(item)
    return basket
