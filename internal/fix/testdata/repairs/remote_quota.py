"""A document of another service is read, changed and put back."""
import httpx
from fastapi import FastAPI, HTTPException

client = httpx.AsyncClient(base_url="https://quota.example")
app = FastAPI()


@app.post("/quotas/{team}")
async def raise_quota(team: str, by: int):
    answer = await client.get(f"/teams/{team}")
    quota = answer.json()
    if quota["limit"] + by > 100:
        raise HTTPException(409, "too much")
    await client.put(f"/teams/{team}", json={"limit": quota["limit"] + by})
