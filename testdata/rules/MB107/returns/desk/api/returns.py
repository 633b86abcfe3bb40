from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from ..service import ReturnService

router = APIRouter(prefix="/returns", tags=["returns"])
Service = Annotated[ReturnService, Depends()]


@router.post("/{return_id}/refund", status_code=204)
async def refund(return_id: UUID, service: Service) -> None:
    await service.refund(return_id)


@router.post("/{return_id}/refund-once", status_code=204)
async def refund_once(return_id: UUID, service: Service) -> None:
    await service.refund_claimed(return_id)
