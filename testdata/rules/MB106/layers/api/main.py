from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from .service import Gone, Invitations
from .store import engine


def invitations():
    with Session(engine) as session:
        yield Invitations(session)


Service = Depends(invitations)
router = APIRouter(prefix="/invitations")


@router.post("/{token}/join")
def join(token: str, email: str, service: Invitations = Service):
    service.join(token, email)


@router.post("/{token}/join-once")
def join_once(token: str, email: str, service: Invitations = Service):
    service.join_claimed(token, email)


app = FastAPI()
app.include_router(router)


@app.exception_handler(Gone)
def gone(request: Request, error: Gone):
    return JSONResponse({"detail": "used"}, status_code=410)
