import importlib.util
import os

path = os.path.join(os.path.dirname(os.path.dirname(__file__)), "models.py")
spec = importlib.util.spec_from_file_location("models_file", path)
models_file = importlib.util.module_from_spec(spec)
spec.loader.exec_module(models_file)

Hutch = models_file.Hutch
