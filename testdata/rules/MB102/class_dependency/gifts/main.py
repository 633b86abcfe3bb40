from fastapi import Depends, FastAPI, HTTPException

from .cards import Cards

app = FastAPI()


@app.post("/gift-cards/{code}/redeem")
async def redeem(code: str, cents: int, cards: Cards = Depends()):
    if (left := await cards.balance(code)) is None or left < cents:  # step MB102 check
        raise HTTPException(402)
    await cards.charge(code, cents)


@app.post("/v2/gift-cards/{code}/redeem")
async def redeem_guarded(code: str, cents: int, cards: Cards = Depends(Cards)):
    if not await cards.try_charge(code, cents):
        raise HTTPException(402)
