"""A condition is the lock that it is made of; whoever writes under it writes only when nobody else has it."""
import threading

from fastapi import FastAPI

app = FastAPI()


class Parcel:
    def __init__(self, address: str) -> None:
        self.address = address
        self.gone = False


class Depot:
    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._parcels: list[Parcel] = []

    def bring(self, address: str) -> Parcel:
        with self._changed:
            same = [p for p in self._parcels if p.address == address]
            if same:  # want MB404 "_parcels"
                return same[0]
        parcel = Parcel(address)
        with self._changed:
            self._parcels.append(parcel)
            self._changed.notify_all()
        return parcel

    def sweep(self) -> None:
        with self._lock:
            self._parcels = [p for p in self._parcels if not p.gone]

    def call_back(self, address: str) -> None:
        with self._changed:
            while not [p for p in self._parcels if p.address == address]:
                self._changed.wait()
            self._parcels = [p for p in self._parcels if p.address != address]


depot = Depot()


@app.post("/parcels")
def bring(address: str):
    depot.bring(address)


@app.delete("/parcels")
def sweep():
    depot.sweep()


@app.delete("/parcels/{address}")
def call_back(address: str):
    depot.call_back(address)
