"""Attributes of one shared object that are assigned together, in one statement."""
import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request


class Auction:
    def __init__(self) -> None:
        self.best, self.bidder = 0, ""
        self.closing = asyncio.Lock()

    async def audit(self, cents: int) -> None:
        await asyncio.to_thread(print, cents)

    async def bid(self, bidder: str, cents: int) -> bool:
        if cents <= self.best:  # step MB401 check
            return False
        await self.audit(cents)
        self.best, self.bidder = cents, bidder  # want MB401 "best"
        return True

    async def bid_in_turn(self, bidder: str, cents: int) -> bool:
        async with self.closing:
            if cents <= self.best:
                return False
            await self.audit(cents)
            self.best, self.bidder = cents, bidder
            return True


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.silver, app.state.gold = Auction(), Auction()
    yield


app = FastAPI(lifespan=lifespan)


@app.post("/silver/bids")
async def bid(bidder: str, cents: int, request: Request):
    auction: Auction = request.app.state.silver
    if not await auction.bid(bidder, cents):
        raise HTTPException(409)
    return {"best": auction.best}


@app.post("/gold/bids")
async def bid_in_turn(bidder: str, cents: int, request: Request):
    auction: Auction = request.app.state.gold
    if not await auction.bid_in_turn(bidder, cents):
        raise HTTPException(409)
    return {"best": auction.best}
