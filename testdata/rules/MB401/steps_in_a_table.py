"""Which step may follow is looked up in a table under the step that was reached, which is kept in memory."""

import httpx
from fastapi import FastAPI, HTTPException

app = FastAPI()
client = httpx.AsyncClient()

NEXT = {"new": {"paid", "dropped"}, "paid": {"sent"}}
steps: dict[str, str] = {}


class Machine:
    follows = {"idle": {"running"}, "running": {"idle", "broken"}}

    def __init__(self) -> None:
        self.state = "idle"

    def may(self, new: str) -> bool:
        return new in self.follows.get(self.state, set())


machines: dict[str, Machine] = {}


@app.post("/orders/{number}/steps/{new}")
async def step(number: str, new: str):
    if new not in NEXT[steps[number]]:  # want MB401 "main|steps"
        raise HTTPException(409)
    await client.post("https://ledger.example/steps", json={"order": number, "step": new})
    steps[number] = new


@app.post("/orders/{number}/told-later/{new}")
async def step_told_later(number: str, new: str):
    if new not in NEXT[steps[number]]:
        raise HTTPException(409)
    steps[number] = new
    await client.post("https://ledger.example/steps", json={"order": number, "step": new})


@app.post("/machines/{name}/{new}")
async def turn(name: str, new: str):
    machine = machines.setdefault(name, Machine())
    if not machine.may(new):  # want MB401 "state"
        raise HTTPException(409)
    await client.post("https://ledger.example/machines", json={"name": name, "state": new})
    machine.state = new


@app.post("/machines/{name}/told-later/{new}")
async def turn_told_later(name: str, new: str):
    machine = machines.setdefault(name, Machine())
    if not machine.may(new):
        raise HTTPException(409)
    machine.state = new
    await client.post("https://ledger.example/machines", json={"name": name, "state": new})
