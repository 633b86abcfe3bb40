from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from .campaigns import Campaign, campaigns

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/giving"))


def get_db():
    with SessionLocal() as db:
        yield db


SessionDep = Annotated[Session, Depends(get_db)]


def existing(campaign_id: int, db: SessionDep) -> Campaign:
    campaign = campaigns.get(db, campaign_id)
    if campaign is None:
        raise HTTPException(404)
    return campaign


router = APIRouter(prefix="/campaigns")


@router.post("/{campaign_id}/donations")
def donate(cents: int, db: SessionDep, campaign: Campaign = Depends(existing)):
    return campaigns.donate(db, campaign, cents).raised


@router.post("/{campaign_id}/donations/locked")
def donate_locked(campaign_id: int, cents: int, db: SessionDep):
    if campaigns.donate_locked(db, campaign_id, cents) is None:
        raise HTTPException(404)


app = FastAPI()
app.include_router(router)
