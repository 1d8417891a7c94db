// The JSON this page reads, as the HTTP interface answers it. Times are ISO 8601, UTC.

declare const ol: typeof import("ol/dist/ol.js").default;

interface Window {
  __app: {
    ready: boolean;
    whenIdle(): Promise<void>;
    state(): Record<string, unknown>;
    featuresInView(layer: string): number;
    pixel(lng: number, lat: number): number[] | null;
    lnglat(px: number[]): number[];
  };
}

interface Named { code: string; name: string }
interface Agency { id: string; name: string }
type LeadState = "unverified" | "positive" | "negative" | "unsure" | "withdrawn";
type Verdict = "positive" | "negative" | "unsure";
type Role = "owner" | "scene" | "transit";
type SiteKind = "camera" | "gantry" | "speed-camera" | "atm" | "station";

interface Summary {
  reports: number; open_reports: number; reads: number; leads: number; deliveries: number;
  leads_by_state: Partial<Record<LeadState, number>>;
  sites: Record<SiteKind, number>;
  boundaries: { vintage: string; source: string };
  synthetic: boolean; first_at: string | null; last_at: string | null;
}

interface Vehicle {
  plate: string; type: string | null; colour: string | null;
  make: string | null; model: string | null;
}
interface Report {
  id: string; kind: string; state: "open" | "closed"; agency: Agency; case_number: string;
  reported_at: string; event_from: string | null; event_to: string | null;
  place: string | null; lng: number; lat: number; county: Named | null; town: Named | null;
  vehicle: Vehicle; category: string; synthetic: boolean;
}
interface Read {
  id: string; at: string; plate_raw: string; confidence: number | null;
  vehicle_type: string | null; colour: string | null; lng: number; lat: number;
  county: Named | null; town: Named | null; camera: { id: string; name: string } | null;
  late: boolean;
}
interface Comparison {
  name: string; label: string; level: string; level_label: string; bits: number;
  left: string | null; right: string | null;
}
interface Explanation {
  prior_bits: number; total_bits: number; probability: number; model: string;
  comparisons: Comparison[]; rivals: { plate: string; probability: number }[];
}
interface Recipient {
  delivery_id: string; agency: Agency; county: Named | null; role: Role;
  action: "act" | "advice"; reason: string; state: "pending" | "acknowledged";
}
interface Judgement {
  verdict: Verdict; by: string; agency_id: string; at: string; comment: string | null;
}
interface LeadRead {
  read: Read; weight_bits: number; probability: number; level: "action" | "advice";
  explains: boolean; bridges: string[];
}
interface Lead {
  id: string; state: LeadState; level: "action" | "advice"; created_at: string;
  late_s: number | null; must_verify: boolean; reads: LeadRead[];
  weight_bits: number; probability: number; report: Report; read: Read;
  distance_m: number | null; seconds_since: number | null; speed_kmh: number | null;
  explanation: Explanation; recipients: Recipient[]; judgements: Judgement[];
  cameras_on_the_way?: { id: string; name: string; lng: number; lat: number; county: Named | null }[];
}
interface LeadPage { leads: Lead[]; next: string | null }
interface Located {
  lng: number; lat: number; county: Named | null; town: Named | null; village: Named | null;
  counties: Named[]; note: string; why: string; why_zh: string;
  border: { metres: number; county: Named } | null;
}
interface SiteColumns {
  id: string[]; kind: SiteKind[]; name: string[]; lng: number[]; lat: number[];
  county_code: (string | null)[]; owner: (string | null)[]; reads_plates: (boolean | null)[];
}
interface NearSite {
  id: string; kind: SiteKind; name: string; lng: number; lat: number; metres: number;
  county: Named | null; owner: string | null; reads_plates: boolean | null;
}
interface JudgementBody {
  verdict: Verdict; by: string; agency_id: string; comment: string; compared: string[];
}
interface Filters { state: string; county: string; level: string }
interface Bookmark {
  lead: string; filters: Filters; layers: SiteKind[];
  view: { zoom: number; lng: number; lat: number } | null;
}
