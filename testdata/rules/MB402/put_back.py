"""What is found is put back as it is, or loaded; what is reckoned from it while others wait is not."""
import httpx
from fastapi import FastAPI

app = FastAPI()
library = httpx.AsyncClient(base_url="https://library.example")
shelf: dict[str, dict] = {}
pages: dict[str, int] = {}


async def load(isbn: str) -> dict:
    return (await library.get(f"/books/{isbn}")).json()


@app.get("/books/{isbn}")
async def book(isbn: str):
    found = shelf.get(isbn)
    if not found:
        found = await load(isbn)
    await library.post("/seen", json={"isbn": isbn})
    shelf[isbn] = found
    return found


@app.post("/books/{isbn}/pages")
async def read_on(isbn: str):
    read = pages.get(isbn, 0)
    more = (await library.get(f"/books/{isbn}/next")).json()
    pages[isbn] = read + more["pages"]  # want MB402 "pages"
