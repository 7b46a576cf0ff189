// What every part of the page may ask about: who is looking, who else is here, what time it is in the playground.
import { createContext } from "preact";
import { useContext } from "preact/hooks";

export const Workspace = createContext(null);
export const useWorkspace = () => useContext(Workspace);

/** The name that people call somebody by: "Ana Köhler", or the id when nobody knows it. */
export function personName(state, id) {
  if (id === state.bot.id) return state.bot.name;
  const person = state.people.find((candidate) => candidate.id === id);
  return person ? person.real_name || person.name : id;
}

export function channelName(state, id) {
  return state.conversations.find((candidate) => candidate.id === id)?.name ?? id;
}

export function me(state) {
  return state.people.find((person) => person.id === state.me) ?? { id: state.me, name: state.me };
}

/** The DM with the app, from the point of view of the person who looks. */
export function appConversation(state) {
  return state.conversations.find((conversation) => conversation.kind === "im") ?? state.conversations[0];
}
