from club import models


def count_visit(db, member_id: int):
    member = db.get(models.Member, member_id)
    member.visits += 1  # want MB101 "members.visits"
    db.commit()
