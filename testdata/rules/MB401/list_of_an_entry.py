"""What lies under a key is a list, which setdefault() puts there: how long it is, is asked before a wait."""
import httpx
import uvicorn
from fastapi import FastAPI, HTTPException

ratings = httpx.AsyncClient(base_url="http://ratings")
app = FastAPI()
app.state.lobbies = {}


async def skill_of(player: str) -> int:
    return (await ratings.get(f"/players/{player}")).json()["skill"]


@app.post("/lobbies/{name}/players/{player}")
async def join(name: str, player: str):
    seats = app.state.lobbies.setdefault(name, [])
    if len(seats) >= 4:  # step MB401 check
        raise HTTPException(409)
    seats.append((player, await skill_of(player)))  # want MB401 "lobbies"


@app.post("/v2/lobbies/{name}/players/{player}")
async def join_with_skill(name: str, player: str):
    skill = await skill_of(player)
    seats = app.state.lobbies.setdefault(name, [])
    if len(seats) >= 4:
        raise HTTPException(409)
    seats.append((player, skill))


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
