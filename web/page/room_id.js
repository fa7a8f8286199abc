// The room's name as scripts of PeerJS chats know it: a global, set before any other script runs. Not declared with
// `const`, so that a script which declares it itself still may.
Object.assign(globalThis, { ROOM_ID: location.pathname.slice(1) });
