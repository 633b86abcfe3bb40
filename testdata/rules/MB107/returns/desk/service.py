import uuid

from fastapi import Depends, HTTPException

from .bank import bank
from .models import Return, State
from .repository import ReturnRepository


class ReturnService:
    def __init__(self, returns: ReturnRepository = Depends()):
        self.returns = returns

    async def _load(self, return_id: uuid.UUID) -> Return:
        if not (item := await self.returns.find(return_id)):
            raise HTTPException(404)
        return item

    async def refund(self, return_id: uuid.UUID) -> None:
        item = await self._load(return_id)
        match item.state:  # step MB107 check
            case State.RECEIVED:
                await bank.pay_out(item.iban, item.cents)
                item.state = State.REFUNDED  # want MB107 "state"
                await self.returns.save(item)
            case _:
                raise HTTPException(409, f"cannot refund a return that is {item.state}")

    async def refund_claimed(self, return_id: uuid.UUID) -> None:
        item = await self.returns.transition(return_id, State.RECEIVED, State.REFUNDED)
        if item is None:
            raise HTTPException(409)
        await bank.pay_out(item.iban, item.cents)

    async def receive(self, return_id: uuid.UUID) -> None:
        if await self.returns.transition(return_id, State.REQUESTED, State.RECEIVED) is None:
            raise HTTPException(409)

    async def reject(self, return_id: uuid.UUID) -> None:
        if await self.returns.transition(return_id, State.RECEIVED, State.REJECTED) is None:
            raise HTTPException(409)
