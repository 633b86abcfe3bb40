"""The left operand is read before the wait."""
import httpx
import uvicorn
from fastapi import FastAPI, Request

app = FastAPI()
app.state.tokens = 0
usage: dict[str, int] = {}


class Meter:
    spent = 0


async def ask(prompt: str) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.post("https://llm.example", json={"prompt": prompt})).json()["tokens"]


@app.post("/ask")
async def ask_once(prompt: str, request: Request):
    request.app.state.tokens += await ask(prompt)  # want MB402 "tokens"


@app.post("/ask/{team}")
async def ask_team(team: str, prompt: str):
    usage[team] = usage.get(team, 0) + await ask(prompt)  # want MB402 "usage"


@app.post("/ask-metered")
async def ask_metered(prompt: str):
    before = Meter.spent
    tokens = await ask(prompt)
    Meter.spent = before + tokens  # want MB402 "spent"


@app.post("/v2/ask")
async def ask_then_add(prompt: str):
    tokens = await ask(prompt)
    Meter.spent += tokens
    usage["all"] = usage.get("all", 0) + tokens


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
