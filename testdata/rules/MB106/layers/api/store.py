from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

engine = create_engine("postgresql+psycopg://localhost/invites")


class InvitationStore:
    def __init__(self, session: Session) -> None:
        self.session = session

    def find(self, token: str):
        row = self.session.execute(  # step MB106 read
            text("SELECT id, team_id, accepted FROM invitations WHERE token = :token"), {"token": token}
        )
        return row.mappings().first()

    def mark_accepted(self, invitation_id: int) -> None:
        self.session.execute(  # want MB106 "accepted"
            text("UPDATE invitations SET accepted = true WHERE id = :id"), {"id": invitation_id}
        )

    def accept(self, token: str) -> int | None:
        return self.session.scalar(
            text("UPDATE invitations SET accepted = true WHERE token = :token AND NOT accepted RETURNING team_id"),
            {"token": token},
        )

    def add_member(self, team_id: int, email: str) -> None:
        self.session.execute(
            text("INSERT INTO members (team_id, email) VALUES (:team, :email)"), {"team": team_id, "email": email}
        )
