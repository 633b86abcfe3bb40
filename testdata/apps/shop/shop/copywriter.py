"""Product texts are written by a slow text service."""
import httpx

from .config import settings


async def describe(title: str) -> str:
    async with httpx.AsyncClient(base_url=settings.copywriter_url, timeout=60) as client:
        answer = await client.post("/describe", json={"title": title})
        answer.raise_for_status()
        return answer.json()["text"]
