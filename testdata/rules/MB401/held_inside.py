"""Sets and lists that lie in a dictionary of the process: what is in them is as shared as the dictionary."""
from collections import defaultdict, deque

import httpx
from fastapi import FastAPI, HTTPException

app = FastAPI()
harbour = httpx.AsyncClient(base_url="https://harbour.example")
crews: dict[str, set[str]] = defaultdict(set)
queues: dict[int, list[str]] = {}
berths: dict[str, set[int]] = {}
towed = defaultdict(deque)


@app.post("/boats/{boat}/crew/{sailor}")
async def embark(boat: str, sailor: str):
    if len(crews[boat]) >= 6:  # step MB401 check
        raise HTTPException(409, "the boat is full")
    await harbour.post("/crew", json={"boat": boat, "sailor": sailor})
    crews[boat].add(sailor)  # want MB401 "crews"


@app.post("/v2/boats/{boat}/crew/{sailor}")
async def embark_at_once(boat: str, sailor: str):
    await harbour.post("/crew", json={"boat": boat, "sailor": sailor})
    if len(crews[boat]) >= 6:
        raise HTTPException(409, "the boat is full")
    crews[boat].add(sailor)


@app.post("/locks/{lock}/queue")
async def queue_up(lock: int, ship: str):
    if lock not in queues:
        queues[lock] = []
    waiting = queues[lock]
    if ship in waiting:
        raise HTTPException(409, "waits already")
    await harbour.post("/ships", json={"ship": ship})
    waiting.append(ship)  # want MB401 "queues"


@app.post("/quays/{quay}/berths/{number}")
async def moor(quay: str, number: int):
    if number in berths.get(quay, set()):
        raise HTTPException(409, "taken")
    await harbour.post("/berths", json={"quay": quay, "number": number})
    berths.setdefault(quay, set()).add(number)  # want MB401 "berths"


@app.post("/tugs/{tug}/tows")
async def tow(tug: str, barge: str):
    if len(towed[tug]) >= 3:
        raise HTTPException(409, "no more than three")
    towed[tug].append(barge)
    await harbour.post("/tows", json={"tug": tug, "barge": barge})
