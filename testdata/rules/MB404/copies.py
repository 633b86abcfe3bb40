"""What is copied belongs to who copied it: what is put into the copy nobody else sees."""
from copy import copy, deepcopy

from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()


class Site:
    settings: dict = {}


def settings() -> dict:
    return Site.settings


class Gauge:
    def __init__(self):
        self.mark = 0


gauge = Gauge()
seen: set[str] = set()


@app.post("/previews")
def preview(colour: str, site: dict = Depends(settings)):
    draft = deepcopy(site)
    if draft.get("colour") != colour:
        draft["colour"] = colour
    return draft


@app.post("/prints")
def prints(paper: str, site: dict = Depends(settings)):
    draft = copy(site)
    draft["copies"] = draft.get("copies", 0) + 1
    return draft


@app.post("/colours")
def recolour(colour: str, site: dict = Depends(settings)):
    if "colour" in site:  # step MB404 check
        raise HTTPException(409)
    site["colour"] = colour  # want MB404 "settings"


@app.post("/trials")
def trial(by: int):
    mine = deepcopy(gauge)
    mine.mark = mine.mark + by
    return mine.mark


@app.post("/marks")
def mark(by: int):
    old = gauge.mark  # step MB404 read
    gauge.mark = old + by  # want MB404 "mark"


@app.post("/lists")
def listed(name: str):
    mine = seen.copy()
    if name not in mine:
        mine.add(name)
    return sorted(mine)
