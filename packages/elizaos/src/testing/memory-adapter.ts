import type { Agent, Entity, IDatabaseAdapter, Memory, Room, UUID, World } from '@elizaos/core';

const present = <T>(values: readonly (T | undefined)[]): T[] =>
  values.filter((value): value is T => value !== undefined);

/** The part of Eliza's storage that one agent in one room needs, in memory. */
class MemoryAdapter {
  readonly #agents = new Map<UUID, Agent>();
  readonly #worlds = new Map<UUID, World>();
  readonly #rooms = new Map<UUID, Room>();
  readonly #entities = new Map<UUID, Entity>();
  readonly #participants = new Map<UUID, Set<UUID>>();
  readonly #memories = new Map<UUID, Memory & { table: string }>();
  readonly #cache = new Map<string, unknown>();
  readonly db = {};

  isReady = async () => true;
  init = async () => {};
  close = async () => {};
  log = async () => {};
  ensureEmbeddingDimension = async () => {};
  getParticipantUserState = async () => null;
  getTasks = async () => [];
  getComponents = async () => [];
  getRelationships = async () => [];

  getAgent = async (id: UUID) => this.#agents.get(id) ?? null;
  getAgents = async () => [...this.#agents.values()];
  createAgent = async (agent: Agent & { id: UUID }) => Boolean(this.#agents.set(agent.id, agent));
  updateAgent = async (id: UUID, agent: Agent) =>
    Boolean(this.#agents.set(id, { ...this.#agents.get(id), ...agent }));

  getWorld = async (id: UUID) => this.#worlds.get(id) ?? null;
  getAllWorlds = async () => [...this.#worlds.values()];
  updateWorld = async (world: World) => void this.#worlds.set(world.id, world);
  async createWorld(world: World) {
    this.#worlds.set(world.id, world);
    return world.id;
  }

  getRoomsByIds = async (ids: UUID[]) => present(ids.map((id) => this.#rooms.get(id)));
  async createRooms(rooms: (Room & { id: UUID })[]) {
    for (const room of rooms) this.#rooms.set(room.id, room);
    return rooms.map((room) => room.id);
  }

  getEntitiesByIds = async (ids: UUID[]) => present(ids.map((id) => this.#entities.get(id)));
  getEntitiesForRoom = async (room: UUID) => this.getEntitiesByIds([...(this.#participants.get(room) ?? [])]);
  updateEntity = async (entity: Entity & { id: UUID }) => void this.#entities.set(entity.id, entity);
  async createEntities(entities: (Entity & { id: UUID })[]) {
    for (const entity of entities) this.#entities.set(entity.id, entity);
    return true;
  }

  getParticipantsForRoom = async (room: UUID) => [...(this.#participants.get(room) ?? [])];
  isRoomParticipant = async (room: UUID, entity: UUID) => this.#participants.get(room)?.has(entity) ?? false;
  async addParticipantsRoom(entities: UUID[], room: UUID) {
    this.#participants.set(room, new Set([...(this.#participants.get(room) ?? []), ...entities]));
    return true;
  }
  async getRoomsForParticipant(entity: UUID) {
    return [...this.#participants].filter(([, entities]) => entities.has(entity)).map(([room]) => room);
  }

  getMemoryById = async (id: UUID) => this.#memories.get(id) ?? null;
  getMemoriesByIds = async (ids: UUID[]) => present(ids.map((id) => this.#memories.get(id)));
  async createMemory(memory: Memory, table: string) {
    const id = memory.id ?? (crypto.randomUUID() as UUID);
    this.#memories.set(id, { ...memory, id, table });
    return id;
  }
  async updateMemory(memory: Memory & { id: UUID }) {
    const known = this.#memories.get(memory.id);
    if (known) this.#memories.set(memory.id, { ...known, ...memory });
    return known !== undefined;
  }
  async getMemories({ roomId, tableName }: { roomId?: UUID; tableName: string }) {
    return [...this.#memories.values()].filter(
      (memory) => memory.table === tableName && memory.roomId === roomId,
    );
  }

  getCache = async (key: string) => this.#cache.get(key);
  setCache = async (key: string, value: unknown) => Boolean(this.#cache.set(key, value));
}

/** What the tests do not reach is missing on purpose: a call to it fails loudly. */
export const createMemoryAdapter = (): IDatabaseAdapter => new MemoryAdapter() as unknown as IDatabaseAdapter;
