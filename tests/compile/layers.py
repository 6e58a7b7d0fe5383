# SPDX-License-Identifier: MIT
"""The layers of docs/architecture.md: who may include whom, and which library may be included where."""
import re

from source_tree import TOP, Report, code, includes, sources

# A layer may include core, the layers named here, and what those may include.
MAY_KNOW = {
    'core': [],
    'model': ['core'],
    'json': ['model'],
    'protocol': ['json'],
    'net': ['core'],
    'rest': ['model', 'json', 'protocol', 'net'],
    'gateway': ['model', 'json', 'protocol', 'net'],
    'cache': ['model', 'json'],
    'dispatch': ['model', 'json', 'net'],
    'metrics': ['net'],
    'client': ['rest', 'gateway', 'cache', 'dispatch', 'metrics'],
    'commands': ['client'],
    'services': ['client'],
    'testing': ['commands', 'services'],
    'programs': ['testing'],
}

# Headers directly below include/monochord: the layer they belong to. fwd.hpp only declares and belongs to nobody.
TOP_LEVEL = {'monochord': 'client', 'client': 'client', 'run_blocking': 'core', 'cdn': 'model', 'format': 'model',
             'permissions': 'model', 'fwd': None}

# Tables without code of their own, which more than one layer expands: the layer whose place they hold.
TABLES = {'gateway/events.def': 'model', 'gateway/derived_events.def': 'model'}

# Private headers that bring Beast, for .cpp files of src/net only.
BRINGS_BEAST = r'src/net/(stream_adaptor|http_connection|http_pool_impl|tls_stream)\.hpp$'

# Library headers, and those of ours that bring one, with the only places that may include them.
ONLY_IN = [
    (r'boost/beast', [r'src/net/[^/]+\.cpp$', BRINGS_BEAST]),
    (r'net/(stream_adaptor|http_connection|http_pool_impl|tls_stream)\.hpp', [r'src/net/[^/]+\.cpp$', BRINGS_BEAST]),
    (r'simdjson', [r'src/json/engine\.cpp$']),
    (r'nlohmann/json\.hpp', [r'src/json/inspect\.cpp$', r'src/testing/']),
    (r'spdlog|fmt/', [r'src/core/log\.cpp$']),
    (r'openssl/', [r'src/net/[^/]+\.cpp$', r'src/net/tls_(sessions|engine)\.hpp$', r'src/testing/[^/]+\.cpp$', r'src/commands/[^/]+\.cpp$']),
    (r'zlib\.h|zstd\.h', [r'src/(protocol|net)/[^/]+\.cpp$', r'src/testing/[^/]+\.cpp$']),
    (r'sqlite3\.h', [r'src/gateway/sqlite\.cpp$']),
    (r'boost/asio/ssl', [r'src/net/[^/]+\.cpp$']),
    (r'boost/asio\.hpp', []),
]

# All that the public headers may include besides the standard library and each other.
PUBLIC_LIBRARIES = re.compile(r'boost/asio/(awaitable|any_io_executor)\.hpp|boost/system/.*|nlohmann/json_fwd\.hpp')

# Layers that do no I/O, read no clock and draw no random numbers. What they need of these is given to them.
PURE = {'model', 'json', 'protocol'}
IMPURE_INCLUDE = re.compile(r'boost/asio|boost/beast|sys/socket|unistd|^thread$|^random$')
IMPURE_CODE = re.compile(r'\b(steady_clock|system_clock|high_resolution_clock)::now\b|\brandom_device\b|\bmt19937|\bco_await\b')


def reachable(layer):
    known, todo = {layer, 'core'}, [layer]
    while todo:
        for other in MAY_KNOW[todo.pop()]:
            if other not in known:
                known.add(other)
                todo.append(other)
    return known


def layer_of(path):
    """The layer of a path like monochord/rest/x.hpp or rest/x.hpp; None when it belongs to nobody."""
    path = path.removeprefix('include/').removeprefix('src/').removeprefix('monochord/')
    if path in TABLES:
        return TABLES[path]
    parts = path.split('/')
    if len(parts) == 1:
        return TOP_LEVEL.get(parts[0].removesuffix('.hpp'), 'unknown')
    return parts[0]


report = Report()
for path in sources('include/monochord', 'src'):
    report.checked += 1
    name = path.relative_to(TOP).as_posix()
    public = name.startswith('include/')
    layer = layer_of(name)
    if layer is not None and layer not in MAY_KNOW:
        report.fail(path, f'belongs to no layer of the table in {__file__.rsplit("/", 1)[-1]}')
        continue
    for line, included in includes(path):
        where = f'{name}:{line}'
        ours = included.startswith('monochord/') or (TOP / 'src' / included).is_file()
        local = (path.parent / included).is_file() and '/' not in included
        for pattern, places in ONLY_IN:
            if re.match(pattern, included) and not any(re.match(place, name) for place in places):
                report.fail(where, f'{included} may only be included in: {", ".join(places) or "nothing"}')
        if local:
            continue
        if ours:
            other = layer_of(included)
            if layer is not None and other is not None and other not in reachable(layer):
                report.fail(where, f'{layer} may not know {other} ({included})')
            if public and not included.startswith('monochord/'):
                report.fail(where, f'a public header includes the private {included}')
            continue
        standard = re.fullmatch(r'[a-z_0-9]+', included)
        if public and not standard and not PUBLIC_LIBRARIES.fullmatch(included):
            report.fail(where, f'a public header may not include {included}')
        if layer in PURE and IMPURE_INCLUDE.search(included):
            report.fail(where, f'{layer} is pure and may not include {included}')
    if layer in PURE:
        for number, line in enumerate(code(path).splitlines(), 1):
            if match := IMPURE_CODE.search(line):
                report.fail(f'{name}:{number}', f'{layer} is pure and may not use {match.group(0)}')
report.finish('sources')
