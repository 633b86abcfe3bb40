import os


async def save_avatar(user_id: int, data: bytes):
	"""Réponse 😀: a line with tabs and wide characters."""
	target = f"/srv/avatars/{user_id}.png"
	if not os.path.exists(target):  # only the first upload counts
		with open(target, "wb") as f:
			f.write(data)
