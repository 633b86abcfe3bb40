"""One store and its lock, which every part of the house holds under a name of its own: whichever way a request takes, it is one lock."""
import threading

from fastapi import FastAPI

app = FastAPI()


class Store:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.stock: dict[str, int] = {}

    def put(self, item: str, pieces: int) -> int:
        with self.lock:
            self.stock[item] = self.stock.get(item, 0) + pieces  # want MB404 "house.store.stock"
        return self.stock[item]

    def put_unlocked(self, item: str, pieces: int) -> None:
        self.stock[item] = self.stock.get(item, 0) + pieces  # want MB404 "house.store.stock"


class Desk:
    def __init__(self, store: Store) -> None:
        self.kept = store


class Till:
    def __init__(self, desk: Desk, store: Store) -> None:
        self.desk = desk
        self.goods = store


class Yard:
    def __init__(self, till: Till, store: Store) -> None:
        self.till = till
        self.held = store


class House:
    def __init__(self) -> None:
        store = Store()
        desk = Desk(store)
        till = Till(desk, store)
        self.yard = Yard(till, store)
        self.desk, self.till = desk, till
        self.annex = Yard(Till(Desk(store), store), store)
        self.store = store


house = House()


@app.post("/desk/{item}")
def at_the_desk(item: str):
    return house.desk.kept.put(item, 1)


@app.post("/till/{item}")
def at_the_till(item: str):
    return house.till.goods.put(item, 2)


@app.post("/yard/{item}")
def in_the_yard(item: str):
    return house.yard.till.desk.kept.put(item, 3)


@app.post("/annex/{item}")
def in_the_annex(item: str):
    house.annex.till.goods.put_unlocked(item, 4)
