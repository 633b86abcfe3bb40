from fastapi import FastAPI, HTTPException

from app.tables import *

app = FastAPI()


@app.post("/desks/{desk_id}/occupy")
def occupy(desk_id: int, name: str):
    desk = Desks.get(desk_id)
    if desk is None:
        raise HTTPException(404)
    if desk.occupant is not None:  # step MB117 check
        raise HTTPException(409)
    Desks.set_occupant(desk_id, name)


@app.post("/desks/{desk_id}/occupy-if-free")
def occupy_if_free(desk_id: int, name: str):
    if not Desks.occupy_if_free(desk_id, name):
        raise HTTPException(409)
