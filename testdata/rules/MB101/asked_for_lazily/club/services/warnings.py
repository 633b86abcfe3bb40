from club import models


def count_warning(db, member_id: int):
    member = db.query(models.Member).filter(models.Member.id == member_id).first()
    member.warnings = member.warnings + 1  # want MB101 "members.warnings"
    db.commit()
