from uuid import UUID

from fastapi import APIRouter, Depends

from desk.service import ReturnService

router = APIRouter(prefix="/warehouse")


@router.post("/returns/{return_id}/receive", status_code=204)
async def receive(return_id: UUID, service: ReturnService = Depends(ReturnService)) -> None:
    await service.receive(return_id)


@router.post("/returns/{return_id}/reject", status_code=204)
async def reject(return_id: UUID, service: ReturnService = Depends(ReturnService)) -> None:
    await service.reject(return_id)
