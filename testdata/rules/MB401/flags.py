"""Flags that are put up once: for what may be done twice, and for what may not."""
import httpx
import uvicorn
from fastapi import FastAPI

app = FastAPI()
menu = httpx.AsyncClient(base_url="https://menu.example")
warm = False
announced = False


class Printer:
    def __init__(self) -> None:
        self.broken = False

    async def show(self, line: str) -> None:
        if self.broken:
            return
        try:
            await menu.get("/display", params={"line": line})
        except httpx.HTTPError:
            self.broken = True


printer = Printer()


@app.post("/warm")
async def warm_up():
    global warm
    if not warm:
        await menu.get("/dishes")
        warm = True


@app.post("/announce")
async def announce():
    global announced
    if not announced:
        await menu.post("/guests/all", json={"text": "we are open"})
        announced = True  # want MB401 "announced"


@app.post("/lines")
async def line(text: str):
    await printer.show(text)


if __name__ == "__main__":
    uvicorn.run("flags:app", workers=1)
