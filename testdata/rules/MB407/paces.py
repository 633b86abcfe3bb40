"""What a service was last seen to allow lies in one place for all, and requests go by it before they put in what they saw."""
import asyncio

import httpx
import uvicorn
from fastapi import FastAPI

app = FastAPI()
library = httpx.AsyncClient(base_url="https://library.example")


class Pace:
    def __init__(self) -> None:
        self.per_minute = 30
        self.reader = ""

    def learn(self, answer: dict) -> None:
        self.per_minute = answer.get("pace", 30)


pace = Pace()


@app.get("/books/{number}")
async def book(number: str):
    await asyncio.sleep(60 / pace.per_minute)
    answer = (await library.get(f"/books/{number}")).json()
    pace.learn(answer)
    pages = (await library.get(f"/books/{number}/pages")).json()
    return {"pages": pages, "pace": pace.per_minute}  # everybody's


@app.get("/readers/{name}")
async def reader(name: str):
    pace.reader = name  # want MB407 "reader"
    books = (await library.get(f"/lent/{name}")).json()
    return {"reader": pace.reader, "books": books}


if __name__ == "__main__":
    uvicorn.run(app)
