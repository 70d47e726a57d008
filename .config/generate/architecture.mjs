const START = '<!-- floor plan: generated from .config/floor-plan.json -->';
const END = '<!-- end of floor plan -->';

/** Puts the floor plan's picture, one per workspace, between the page's two marks; the rest of the page is written by hand. */
export function renderArchitecture(page, plan) {
  const from = page.indexOf(START);
  const to = page.indexOf(END);
  if (from < 0 || to < 0) throw new Error('docs/reference/architecture.md has lost the marks of its floor plan');
  const workspaces = Map.groupBy(Object.entries(plan), ([room]) => room.slice(0, room.indexOf('/src')));
  const pictures = [...workspaces].map(([workspace, rooms]) => picture(workspace, rooms));
  return `${page.slice(0, from)}${START}\n\n${pictures.join('\n')}\n${page.slice(to)}`;
}

function picture(workspace, rooms) {
  const name = (room) => room.slice(room.indexOf('/src/') + 5);
  const lines = rooms.flatMap(([room, allowed]) => {
    // An arrow that another path already implies would only make the picture harder to read.
    const reach = (from, seen = new Set()) => {
      for (const next of Object.fromEntries(rooms)[from] ?? []) if (!seen.has(next)) (seen.add(next), reach(next, seen));
      return seen;
    };
    const direct = allowed.filter((target) => !allowed.some((other) => other !== target && reach(other).has(target)));
    return direct.length === 0 ? [`  ${name(room)}`] : direct.map((target) => `  ${name(room)} --> ${name(target)}`);
  });
  return `### ${workspace}\n\n\`\`\`mermaid\nflowchart TD\n${lines.join('\n')}\n\`\`\`\n`;
}
