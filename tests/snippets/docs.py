# SPDX-License-Identifier: MIT
"""The documentation tells the truth where a machine can see it: each C++ block of README.md and docs/ is a region of a file
that is compiled and run, each link leads somewhere; each label that ctest is given, each option of the build,
variable and macro (MONOCHORD_...) and each member of an options struct (client_options::...) that is named exists.

A region stands between two lines `//! [name]`; a file of tests/snippets/programs or examples is a region as a whole,
without its licence line. Indentation is compared relatively.
"""
import pathlib
import re
import sys
import textwrap

TOP = pathlib.Path(__file__).resolve().parents[2]
MARK = re.compile(r'^\s*//! \[([\w-]+)\]\s*$')


def tidy(text):
    lines = [line.rstrip() for line in textwrap.dedent(text).strip('\n').splitlines()]
    return '\n'.join(lines)


def regions(path):
    open_regions = {}
    for line in path.read_text().splitlines():
        if match := MARK.match(line):
            name = match.group(1)
            if name in open_regions:
                yield name, tidy('\n'.join(open_regions.pop(name)))
            else:
                open_regions[name] = []
        else:
            for lines in open_regions.values():
                lines.append(line)
    if open_regions:
        sys.exit(f'{path}: the region {", ".join(open_regions)} has no end')


def whole(path):
    return tidy(re.sub(r'\A// SPDX[^\n]*\n(//[^\n]*\n)*', '', path.read_text()))


def without_blocks(text):
    return re.sub(r'^ *```.*?^ *```', '', text, flags=re.S | re.M)


def anchors(path):
    """The anchors that a page's headings get."""
    for heading in re.findall(r'^#+ (.*)$', without_blocks(path.read_text()), re.M):
        text = re.sub(r'[^\w\- ]', '', heading.lower())
        yield text.replace(' ', '-')


def cmake_texts():
    for path in [TOP / 'CMakeLists.txt', *(TOP / 'cmake').iterdir(), *(TOP / 'tests').rglob('CMakeLists.txt'), TOP / '.ci/run']:
        yield re.sub(r'^\s*#.*$', '', path.read_text(), flags=re.M)


def members():
    """struct -> what its body names, comments left out."""
    found = {}
    for path in (TOP / 'include').rglob('*.hpp'):
        text = re.sub(r'//[^\n]*', '', path.read_text())
        for match in re.finditer(r'^(?:struct|class) (\w+)[^;{]*\{\n(.*?)^\};', text, re.S | re.M):
            found.setdefault(match.group(1), set()).update(re.findall(r'\w+', match.group(2)))
    return found


BUILD = '\n'.join(cmake_texts())
SOURCES = '\n'.join(path.read_text() for place in ('src', 'tests/support') for path in (TOP / place).rglob('*.?pp'))
OPTIONS = set(re.findall(r'(?:option\(|set\(|\$\{?)(MONOCHORD_[A-Z_]+)', BUILD)
              + re.findall(r'(?:#define |")(MONOCHORD_[A-Z_]+)', SOURCES))
LABELS = set(re.findall(r'(?:LABELS |monochord_test(?:_binary)?\(\S+ )"?(\w+)', BUILD))
MEMBERS = members()


def unknown_names(text):
    """What a page calls a label, an option or a member of an options struct, and is none."""
    for given in re.findall(r"-LE? '?([\w^$|]+)", text):
        for label in re.findall(r'\w+', given):
            if label not in LABELS:
                yield f'the label {label}'
    for option in re.findall(r'(?:\b|-D)(MONOCHORD_[A-Z_]+)\b', text):
        if option not in OPTIONS:
            yield f'the option {option}'
    for struct, member in re.findall(r'\b(\w+_(?:options|faults))::(\w+)', text):
        if member not in MEMBERS.get(struct, ()):
            yield f'{struct}::{member}'


def families(page):
    """name -> type of the metrics that a page's tables list."""
    return dict(re.findall(r'^\| `(\w+)` \| (counter|gauge|histogram) \|', page, re.M))


def gathered():
    """name -> type of those that a client writes."""
    code = (TOP / 'src/client/gather.cpp').read_text()
    found = {name: kind for kind, name in re.findall(r'\b(counter|gauge|histogram)\(\s*"(\w+)"', code)}
    return found | {name: 'gauge' for name in re.findall(r'\beach\("(\w+)"', code)}


known = {}
for path in sorted((TOP / 'tests/snippets').glob('*.cpp')):
    for name, text in regions(path):
        known[text] = f'{path.name} [{name}]'
for path in [*sorted((TOP / 'tests/snippets/programs').glob('*.cpp')), *sorted((TOP / 'examples').glob('*.cpp'))]:
    known[whole(path)] = path.name

failures = blocks = links = 0
# The search itself works: else it would find nothing to complain of.
wrong = list(unknown_names("ctest -L 'unit|unjt' -DMONOCHORD_TESTS=ON -DMONOCHORD_TESST=ON client_options::proxy client_options::prxoy"))
if wrong != ['the label unjt', 'the option MONOCHORD_TESST', 'client_options::prxoy']:
    sys.exit(f'the search for names that do not exist found {wrong}')
for page in [TOP / 'README.md', *sorted((TOP / 'docs').rglob('*.md'))]:
    text = page.read_text()
    name = page.relative_to(TOP)
    for block in re.finditer(r'^( *)```(cpp|c\+\+)\n(.*?)^ *```', text, re.S | re.M):
        blocks += 1
        if tidy(block.group(3)) not in known:
            failures += 1
            line = text[:block.start()].count('\n') + 1
            print(f'{name}:{line}: this block is no region of tests/snippets and no example:\n{tidy(block.group(3))}\n')
    for link in re.findall(r'\[[^\]]*\]\(([^)\s]+)\)', without_blocks(text)):
        if re.match(r'[a-z]+:', link):
            continue
        links += 1
        target, _, anchor = link.partition('#')
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            failures += 1
            print(f'{name}: the link {link} leads nowhere')

    for what in unknown_names(text):
        failures += 1
        print(f'{name}: {what} does not exist')

listed, written = families((TOP / 'docs/metrics.md').read_text()), gathered()
if len(written) < 40:
    sys.exit(f'only {len(written)} metrics were found in src/client/gather.cpp')
for name in sorted(listed.keys() | written.keys()):
    if listed.get(name) != written.get(name):
        failures += 1
        print(f'docs/metrics.md: {name} is {listed.get(name, "missing")}, in the code {written.get(name, "missing")}')

print(f'{blocks} blocks, {links} links, {len(known)} regions, {failures} failures')
sys.exit(1 if failures or not blocks else 0)
