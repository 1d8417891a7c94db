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
  plate: string | null; type: string | null; colour: string | null;
  make: string | null; model: string | null; marks: string | null;
}
interface Person {
  name: string | null; sex: "female" | "male" | null; birth_date: string | null;
  age_from: number | null; age_to: number | null; height_cm: number | null;
  build: "thin" | "medium" | "heavy" | null; clothing: string | null; marks: string | null;
  dementia: boolean | null;
}
interface Place { lng: number | null; lat: number | null; county: Named | null; town: Named | null }
interface Report extends Place {
  id: string; kind: string; state: "open" | "closed"; version: number; agency: Agency;
  case_number: string; category: string; reported_at: string; event_from: string;
  event_to: string; place: string | null; error_m: number | null; vehicle: Vehicle | null;
  person: Person | null; text: string | null; has_contact: boolean; synthetic: boolean;
  closed_reason: string | null;
}
/** Of a read's lead: what has no plate is not on the list. */
interface WantedReport extends Report { vehicle: Vehicle & { plate: string }; person: null }
interface PersonReport extends Report { vehicle: null; person: Person }
interface Read extends Place {
  id: string; at: string; received_at: string; plate_raw: string; confidence: number | null;
  vehicle_type: string | null; colour: string | null; camera: { id: string; name: string };
  late: boolean;
}
interface Comparison {
  name: string; label: string; level: string | null; level_label: string; bits: number;
  left: string | null; right: string | null;
}
interface Explanation {
  prior_bits: number; total_bits: number; probability: number; model: string;
  lead_from: number; action_from: number; exact: boolean; expired: boolean;
  comparisons: Comparison[]; rivals: { plate: string; probability: number }[];
}
interface Recipient {
  delivery_id: string; agency: Agency; county: Named | null; role: Role;
  action: "act" | "advice"; reason: string; state: "pending" | "acknowledged";
}
interface Judgement {
  verdict: Verdict; by: string; agency_id: string; at: string; comment: string | null;
  compared: string[];
}
interface LeadRead {
  read: Read; weight_bits: number; probability: number; level: "action" | "advice";
  explains: boolean; bridges: string[];
}
interface Contact { report_id: string; name: string; phone: string; relation: string | null }
interface LeadBase {
  id: string; state: LeadState; level: "action" | "advice"; created_at: string; at: string;
  late_s: number | null; must_verify: boolean; reads: LeadRead[]; contacts: Contact[];
  weight_bits: number; probability: number;
  distance_m: number | null; seconds_since: number; speed_kmh: number | null;
  explanation: Explanation; recipients: Recipient[]; judgements: Judgement[];
  cameras_on_the_way?: { id: string; name: string; lng: number; lat: number; county: Named | null }[];
}
/** A wanted vehicle and the read that may be of it. */
interface ReadLead extends LeadBase { kind: "read"; report: WantedReport; read: Read; other_report: null }
/** A missing (report) and a found person (other_report) who may be one. */
interface PersonLead extends LeadBase { kind: "person"; report: PersonReport; read: null; other_report: PersonReport }
/** A stolen (report) and a found vehicle (other_report) that may be one. */
interface VehicleLead extends LeadBase { kind: "vehicle"; report: Report; read: null; other_report: Report }
/** Two reports that may be of one theft. */
interface IncidentLead extends LeadBase { kind: "incident"; report: Report; read: null; other_report: Report }
type PairLead = PersonLead | VehicleLead | IncidentLead;
type PairKind = PairLead["kind"];
type Lead = ReadLead | PairLead;
type LeadKind = Lead["kind"];
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
interface Filters { state: string; county: string; level: string; kind: string }
interface Bookmark {
  lead: string; filters: Filters; layers: SiteKind[];
  view: { zoom: number; lng: number; lat: number } | null;
}
