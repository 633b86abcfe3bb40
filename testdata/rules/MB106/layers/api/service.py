from sqlalchemy.orm import Session

from .store import InvitationStore


class Gone(Exception):
    pass


class Invitations:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.store = InvitationStore(session)

    def join(self, token: str, email: str) -> None:
        invitation = self.store.find(token)
        if invitation is None or invitation["accepted"]:  # step MB106 check
            raise Gone
        self.store.add_member(invitation["team_id"], email)
        self.store.mark_accepted(invitation["id"])
        self.session.commit()

    def join_claimed(self, token: str, email: str) -> None:
        team_id = self.store.accept(token)
        if team_id is None:
            raise Gone
        self.store.add_member(team_id, email)
        self.session.commit()
