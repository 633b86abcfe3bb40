"""Four workers, and each has its own memory."""
import asyncio

from fastapi import FastAPI, HTTPException

app = FastAPI()
done: set[str] = set()
draws = asyncio.Lock()
greetings = {"de": "Hallo", "en": "Hello"}


@app.post("/orders")
async def order(idempotency_key: str):
    if idempotency_key in done:  # step MB405 check
        return {"repeated": True}
    done.add(idempotency_key)  # want MB405 "done"
    return {"repeated": False}


@app.get("/greeting/{language}")
async def greeting(language: str):
    if language not in greetings:
        raise HTTPException(404)
    return greetings[language]
