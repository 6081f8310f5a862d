"""Search over a Python function with Equivolve (docs/workers.md). Needs Python 3.8 and nothing else.

    import equivolve

    @equivolve.evaluator(minimize="loss")
    def trial(lr, depth):
        return {"loss": ...}

A file of that kind is named in a configuration as `evaluator: {command: [python3, file.py]}`. The
function is called once a trial with the parameters of the space by name (one that is inactive is left
out) and returns its figures: a dictionary, or the one figure alone. What it prints goes to the log. An
exception fails its trial alone; `raise equivolve.Infeasible` says that a candidate breaks a rule.

A function that has a parameter called `trial` gets more to work with: trial.seed, trial.threads,
trial.level, trial.split, and trial.report(step, loss=0.3), which is true when the search has seen
enough: return what there is then.

`options={"folds": 5}` and `data=["file"]` declare what a configuration may say in these sections: the
function has parameters of these names, or looks into trial.options and trial.data.
"""

import collections
import collections.abc
import difflib
import hashlib
import inspect
import json
import math
import os
import select
import signal
import sys
import threading
import time
import traceback

PROTOCOL = 1

__all__ = ["evaluator", "Infeasible", "Trial"]


class Infeasible(Exception):
    """The candidate breaks a constraint: the worst there is, but no failure."""


class _Refused(Exception):
    """What the configuration says does not fit: where (a JSON pointer), and why."""

    def __init__(self, pointer, message):
        super().__init__(message)
        self.pointer = pointer


class Trial:
    """What is known of the trial that runs."""

    def __init__(self, channel, question, figures, settings):
        self._channel = channel
        self.options = settings.get("options") or {}
        self.data = settings.get("data") or {}
        self._known = [figure["name"] for figure in figures]
        self._id = question["id"]
        self._wants_control = question.get("wants_control", False)
        limit = _number(question.get("deadline", 0))
        self._end = time.monotonic() + limit if limit > 0 else math.inf
        self.level = question.get("level", 0)
        self.repeat = question.get("repeat", 0)
        self.split = question.get("split", "validation")
        self.threads = question.get("threads", 1)
        self.seed = int(question.get("own_seed", 0)) % 2**31
        self.common_seed = int(question.get("common_seed", 0)) % 2**31
        self.stopped = False
        self.cut = False  # stopped for another reason than its own figures: they are not whole

    def report(self, step, total=0, **figures):
        """Intermediate figures. True: stop here, with the figures so far."""
        _check_known("report", figures, self._known)
        if int(step) < 0 or int(total) < 0:
            raise ValueError("report: step and total are counts from 0 on")
        self._channel.write({"type": "progress", "id": self._id, "step": str(int(step)),
                             "total": str(int(total)), "figures": _figures(figures)})
        while self._wants_control and not self.stopped:
            message = self._channel.read_of(self._id)
            if message is None or message.get("type") == "cancel":
                self.stopped = self.cut = True
            elif message.get("type") == "control":
                self.stopped = bool(message.get("stop"))
                break
        if time.monotonic() > self._end:
            self.stopped = self.cut = True
        return self.stopped


def evaluator(minimize=(), maximize=(), record=(), id=None, version="1", deterministic=False,
              space=None, at_most_zero=(), at_least_zero=(), descriptors=(), levels=None,
              comparable=False, options=None, data=()):
    """Decorates the function that tries a candidate; where its file is the program that was started,
    it serves trials from then on, so nothing behind it is run. `minimize`, `maximize` and `record`
    name the figures it returns, the first of the first two is the objective that comes first;
    `at_most_zero` and `at_least_zero` are constraints, which the search meets first; `descriptors` say
    what kind of solution it is (search.algorithm: map_elites). `levels`: of fidelity, for
    search.schedule, from the cheapest to the real thing, as a dictionary of names and costs;
    trial.level is the position of the one that is asked for. `comparable`: their figures are on one
    scale. `space`: the default space, as a configuration has it. `options`: what the section of that
    name may say, as a dictionary of names and defaults; `data`: the names of files or folders that the
    section `data` has to give. The function gets both by name. Change `version` when figures mean
    something else."""

    def decorate(function):
        if function.__module__ == "__main__":
            # Questions come from a descriptor and answers go to one of which nothing else knows.
            inputs, outputs = os.dup(0), os.dup(1)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            os.dup2(2, 1)
            os.close(nothing)
            figures = _named(minimize, "objective", "minimize")
            figures += _named(maximize, "objective", "maximize")
            figures += _named(at_most_zero, "constraint", "minimize")
            figures += _named(at_least_zero, "constraint", "maximize")
            figures += _named(descriptors, "descriptor", "maximize")
            figures += _named(record, "metric", "maximize")
            name = id or os.path.splitext(os.path.basename(sys.argv[0]))[0].lower()
            descriptor = {"id": name.replace("-", "_"), "version": str(version),
                          "summary": (inspect.getdoc(function) or "").split("\n")[0],
                          "deterministic": deterministic, "representations": ["configuration"]}
            schema = _schema(options or {}, [data] if isinstance(data, str) else list(data))
            info = {"figures": figures, "levels": [
                {"name": str(level), "cost": _number(cost), "comparable_with_next": comparable}
                for level, cost in (levels or {"full": 1}).items()]}
            threading.Thread(target=_end_with_engine, args=(inputs,), daemon=True).start()
            _Server(_Channel(inputs, outputs), function, descriptor, schema, info, space or {}).serve()
            sys.stdout.flush()
            os._exit(0)
        return function

    return decorate


def _end_with_engine(inputs):
    """A trial may last for hours: an engine that is gone does not wait for it."""
    gone = select.poll()
    gone.register(inputs, 0)  # a hang-up is reported without being asked for
    gone.poll()
    time.sleep(1)
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _named(names, role, direction):
    names = [names] if isinstance(names, str) else list(names)
    return [{"name": name, "role": role, "direction": direction} for name in names]


def _schema(options, data):
    """JSON Schema of the sections `options` and `data`."""
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string"}
    described = {name: {"default": value} for name, value in options.items()}
    for name, value in options.items():
        if type(value) in kinds:
            described[name]["type"] = kinds[type(value)]
    paths = {name: {"type": "string", "format": "path"} for name in data}
    return {"type": "object", "properties": {
        "options": {"type": "object", "additionalProperties": False, "properties": described},
        "data": {"type": "object", "additionalProperties": False, "properties": paths,
                 "required": list(data)}}}


def _raise(fault):
    raise fault


def _add_to(digest, path):
    """What the file holds, or the names and contents of the folder's files."""
    files = [path]
    is_folder = os.path.isdir(path)
    if is_folder:
        files = sorted(os.path.join(folder, name)
                       for folder, _, names in os.walk(path, onerror=_raise) for name in names)
    for file in files:
        if is_folder:
            name = os.fsencode(os.path.relpath(file, path))
            digest.update(b"%d:" % len(name) + name)
        digest.update(b"%d:" % os.path.getsize(file))
        with open(file, "rb") as content:
            for piece in iter(lambda: content.read(1 << 20), b""):
                digest.update(piece)


def _digest_of(data):
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(data):
        try:
            _add_to(digest, data[name])
        except OSError as fault:
            raise _Refused("/data/" + name, "cannot read %s: %s" % (
                fault.filename or data[name], fault.strerror or fault))
    return digest.hexdigest()


def _fit(function, parameters, given):
    """Refuses a space that the function cannot be called with. `given`: the names that it gets from
    elsewhere."""
    called = "%s()" % function.__name__
    named = {name: parameter for name, parameter in inspect.signature(function).parameters.items()
             if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)}
    takes_all = any(parameter.kind == parameter.VAR_KEYWORD
                    for parameter in inspect.signature(function).parameters.values())
    offered = [name for name in named if name not in given]
    for name, parameter in parameters.items():
        if name in given and name in named:
            raise _Refused("/parameters/" + name,
                           "%s has a parameter of that name for something else" % called)
        if name not in named and not takes_all:
            near = difflib.get_close_matches(name, offered, 1)
            raise _Refused("/parameters/" + name, "%s takes no '%s'; it takes %s%s" % (
                called, name, ", ".join(offered) or "nothing",
                "; did you mean '%s'?" % near[0] if near else ""))
        if name in named and parameter.get("when") and named[name].default is inspect.Parameter.empty:
            raise _Refused("/parameters/" + name, "%s gets no '%s' while it is inactive; expected a "
                           "default there" % (called, name))
    for name in offered:
        if name not in parameters and named[name].default is inspect.Parameter.empty:
            raise _Refused("/parameters", "%s needs '%s', which is no parameter of the space" % (
                called, name))


def _number(value):
    return float(value)  # "nan", "inf", "-inf" too


class _WrongShape(Exception):
    """What a trial gave is not its figures."""


def _figure(name, value):
    try:
        if isinstance(value, (str, bytes)):  # float() would read it
            raise TypeError
        number = float(value)
    except (TypeError, ValueError):
        raise _WrongShape("'%s' is %s; expected a number" % (name, _shown(value))) from None
    return number if math.isfinite(number) else str(number)


def _figures(figures):
    return {name: _figure(name, value) for name, value in figures.items()}


def _shown(value):
    """None, a short text, or of anything else its type."""
    if value is None:
        return "None"
    return repr(value[:40]) if isinstance(value, str) else "of type %s" % type(value).__name__


def _check_known(called, names, known):
    for name in names:
        if name in known:
            continue
        near = difflib.get_close_matches(str(name), known, 1, 0.5)
        raise _WrongShape("%s: '%s' is none of the figures; they are: %s%s" % (
            called, name, ", ".join(known), "; did you mean '%s'?" % near[0] if near else ""))


def _returned_figures(called, returned, figures):
    """By name, of what the function returned: a mapping, or the first figure alone."""
    known = [figure["name"] for figure in figures]
    needed = [figure for figure in figures if figure["role"] in ("objective", "constraint")]
    if not isinstance(returned, collections.abc.Mapping):
        try:
            return {known[0]: _figure(known[0], returned)}
        except _WrongShape:
            raise _WrongShape("%s returned %s; expected a mapping with %s%s" % (
                called, _shown(returned), ", ".join(known),
                " (or a number)" if len(needed) == 1 else "")) from None
    _check_known(called, returned, known)
    return _figures(returned)


class _Channel:
    """Messages: lines of JSON, each written at once."""

    def __init__(self, inputs, outputs):
        self._inputs = os.fdopen(inputs, "rb")
        self._outputs = outputs
        self._waiting = collections.deque()  # questions that came while another one was in work

    def read(self):
        """The next message, None at the end."""
        return self._waiting.popleft() if self._waiting else self._read_line()

    def read_of(self, question):
        """The next message that belongs to this question; others wait."""
        for message in self._waiting:
            if message.get("id") == question and message.get("type") in ("cancel", "control"):
                self._waiting.remove(message)
                return message
        while True:
            message = self._read_line()
            if message is None or message.get("id") == question:
                return message
            self._waiting.append(message)

    def _read_line(self):
        line = self._inputs.readline()
        return json.loads(line) if line.endswith(b"\n") else None

    def write(self, message):
        data = (json.dumps(message, separators=(",", ":")) + "\n").encode()
        while data:
            data = data[os.write(self._outputs, data):]


class _Server:
    """Answers one question after the other."""

    def __init__(self, channel, function, descriptor, schema, info, space):
        self._channel = channel
        self._function = function
        self._takes = inspect.signature(function).parameters
        self._info = info
        self._settings = {}
        self._given = {}  # to every trial
        self._marks_log = False
        hello = {"type": "hello_ok", "protocol": PROTOCOL,
                 "build": "python " + sys.version.split()[0], "descriptor": descriptor,
                 "config_schema": schema}
        self._answers = {"hello": lambda question: hello,
                         "configure": self._configure,
                         "space": lambda question: {"type": "space_ok", "space": space},
                         "bind": self._bind,
                         "references": lambda question: {"type": "references_ok", "references": []},
                         "ping": lambda question: {"type": "pong"},
                         "evaluate": self._evaluate}

    def serve(self):
        while True:
            question = self._channel.read()
            if question is None or question.get("type") == "goodbye":
                return
            if question.get("type") in ("cancel", "control"):
                continue
            if self._marks_log:  # what is printed from here on is of this question
                sys.stderr.flush()
                os.write(2, b"\x1e%d\n" % int(question["id"]))
            self._channel.write(dict(self._answer(question), id=question["id"]))

    def _answer(self, question):
        kind = question.get("type")
        if kind not in self._answers:
            return {"type": "error", "message": "does not know %r" % kind}
        try:
            return self._answers[kind](question)
        except _Refused as fault:
            return {"type": "error", "pointer": fault.pointer, "message": str(fault),
                    "bad_input": True}

    def _configure(self, question):
        self._settings = question.get("config", {})
        self._marks_log = question.get("marks_log", False)
        data = self._settings.get("data") or {}
        for name, path in data.items():
            if not os.path.exists(path):
                raise _Refused("/data/" + name, "there is no %s" % path)
        self._given = {name: value for section in (self._settings.get("options") or {}, data)
                       for name, value in section.items() if name in self._takes}
        answer = dict(self._info, type="info")
        if data:
            answer["data_digest"] = _digest_of(data)
        return answer

    def _bind(self, question):
        _fit(self._function, question.get("space", {}).get("parameters", {}),
             set(self._given) | {"trial"})
        return {"type": "done"}

    def _evaluate(self, question):
        trial = Trial(self._channel, question, self._info["figures"], self._settings)
        values = dict(question["candidate"].get("values", {}))
        values.update(self._given)
        if "trial" in self._takes:
            values["trial"] = trial
        begin = time.monotonic()
        try:
            figures = _returned_figures("%s()" % self._function.__name__,
                                        self._function(**values), self._info["figures"])
            answer = {"status": "cancelled" if trial.cut else "ok", "figures": figures}
        except Infeasible as reason:
            answer = {"status": "infeasible", "message": str(reason)}
        except _WrongShape as fault:
            traceback.print_exc()
            answer = {"status": "failed", "reason": "wrong_shape", "message": str(fault)}
        except MemoryError:
            answer = {"status": "failed", "reason": "memory", "message": "out of memory"}
        except (Exception, SystemExit) as error:  # the trial's, not the worker's
            traceback.print_exc()
            answer = {"status": "failed", "reason": "evaluator_error",
                      "message": "%s: %s" % (type(error).__name__, error)}
        sys.stdout.flush()
        if "message" in answer:  # what no JSON text can hold would cost the worker
            answer["message"] = answer["message"][:4000].encode("utf-8", "replace").decode()
        answer.update(type="result", seconds=time.monotonic() - begin)
        return answer
