import * as nodeModule from 'node:module';
import { moduleName, type ModuleTable } from './modules';

type Load = (request: string, parent: unknown, isMain: boolean) => unknown;

/** What every `require` of every module ends in. Node does not document it, and for ten years has not changed it. */
const loader = nodeModule as unknown as { Module: { _load: Load } };

type GetBuiltin = (id: string) => unknown;

/** Node 20.16 and later. */
const host = process as unknown as { getBuiltinModule?: GetBuiltin };

/**
 * From now on `require('net')`, and `process.getBuiltinModule('net')`, give what is in the table.
 * @returns what undoes it
 */
export function hookRequire(table: ModuleTable): () => void {
  const { Module } = loader;
  const { _load: load } = Module;
  const { getBuiltinModule } = host;
  Module._load = (request, parent, isMain) =>
    table.get(moduleName(request)) ?? Reflect.apply(load, Module, [request, parent, isMain]);
  if (getBuiltinModule !== undefined) {
    host.getBuiltinModule = (id) => table.get(moduleName(id)) ?? getBuiltinModule(id);
  }
  return () => {
    Module._load = load;
    if (getBuiltinModule !== undefined) host.getBuiltinModule = getBuiltinModule;
  };
}
