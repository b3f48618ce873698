// What a dashboard's JSON may hold: Grafana's own types, for the panels that we use.
// Grafana leaves doors open (`[key: string]: unknown`, enums by name); here they are shut.
import type { Dashboard, FieldConfig, Panel } from "@grafana/schema";
import type * as Graph from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";
import type * as Figure from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type * as Rows from "@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen";

/** Only the keys that are named. */
type Named<T> = { [K in keyof T as string extends K ? never : K]: T[K] };
/** JSON has the values of an enum, and null where nothing is said. */
type Json<T> = T extends string
  ? `${T}`
  : T extends number
    ? `${T}` extends `${infer N extends number}` ? N : T
    : T extends (infer Each)[]
      ? Json<Each>[]
      : T extends object
        ? { [K in keyof T]: Json<T[K]> }
        : T;

type Source = { type: string; uid: string };
type Query = {
  datasource: Source;
  editorMode: "code";
  expr: string;
  format?: "table";
  instant: boolean;
  legendFormat: string;
  range: boolean;
  refId: string;
};
type Step = { color: string; value: number | null };
type Defaults<Custom> = Omit<Json<Named<FieldConfig>>, "custom" | "thresholds"> & {
  custom?: Json<Partial<Named<Custom>>>;
  noValue: string;
  thresholds: { mode: "absolute"; steps: Step[] };
  unit: string;
};
type Override = {
  matcher: { id: "byName" | "byRegexp"; options: string };
  properties: { id: string; value: unknown }[];
};
type Of<Kind extends string, Options, Custom> = Omit<
  Json<Named<Panel>>,
  "fieldConfig" | "options" | "targets" | "type"
> & {
  description: string;
  fieldConfig: { defaults: Defaults<Custom>; overrides: Override[] };
  options: Json<Partial<Named<Options>>>;
  targets: Query[];
  title: string;
  type: Kind;
};
type Shown =
  | Of<"timeseries", Graph.Options, Graph.FieldConfig>
  | Of<"stat", Figure.Options, Record<never, never>>
  | Of<"table", Rows.Options, Rows.FieldConfig>;
type Mark = {
  builtIn?: 1;
  datasource: Source;
  enable: boolean;
  hide: boolean;
  iconColor: string;
  name: string;
  tagKeys?: string;
  target?: { expr: string; interval: string; refId: string };
  textFormat?: string;
  titleFormat?: string;
  type?: "dashboard";
  useValueForTime?: boolean;
};

export type Board = Omit<Json<Named<Dashboard>>, "annotations" | "panels"> & {
  annotations: { list: Mark[] };
  panels: Shown[];
};
