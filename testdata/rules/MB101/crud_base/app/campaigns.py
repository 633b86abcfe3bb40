from sqlalchemy.orm import Mapped, Session, mapped_column

from .base import Base, CRUDBase


class Campaign(Base):
    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    raised: Mapped[int] = mapped_column(default=0)


class CampaignCRUD(CRUDBase[Campaign]):
    def donate(self, db: Session, campaign: Campaign, cents: int) -> Campaign:
        campaign.raised = campaign.raised + cents  # want MB101 "raised"
        db.commit()
        return campaign

    def donate_locked(self, db: Session, key: int, cents: int) -> Campaign | None:
        campaign = self.get_for_update(db, key)
        if campaign is not None:
            campaign.raised = campaign.raised + cents
            db.commit()
        return campaign


campaigns = CampaignCRUD(Campaign)
