import { isObject, type Json, listOf, textOf } from './fhir-values.ts';
import type { EvidenceMapping } from './mapping.ts';
import { WrongLine } from './report.ts';

/** Links between records of one person are followed this far. */
const MOST_LINKS = 8;

/**
 * Whose record a reference means. FHIR R4: a reference is relative (Patient/1), absolute, a urn of a Bundle's `fullUrl`,
 * contained (#p1), or an identifier (http://hl7.org/fhir/R4/references.html); a record may have been replaced by another
 * (`Patient.link`, http://hl7.org/fhir/R4/patient.html#links).
 */
export class PatientIndex {
  private readonly known = new Map<string, Json>();

  constructor(private readonly mapping: EvidenceMapping) {}

  /** Remembers a patient under its id and under the address that a Bundle gives it. */
  add(patient: Json, fullUrl: string | null): void {
    const id = textOf(patient.id);
    if (id !== null) this.known.set(`Patient/${id}`, patient);
    if (fullUrl !== null) this.known.set(fullUrl, patient);
  }

  /**
   * The person behind `patient` of an immunization or `subject` of an observation. Throws `WrongLine` where nobody, or
   * nobody who can be named, stands behind it.
   */
  personOf(resource: Json, field: 'patient' | 'subject'): string {
    const reference = resource[field];
    if (!isObject(reference)) throw new WrongLine(field, 'names a patient.');
    const direct = this.identifierOf([reference.identifier]);
    if (direct !== null) return direct;
    const address = textOf(reference.reference);
    if (address === null) throw new WrongLine(`${field}.reference`, 'names a patient.');
    const patient = this.find(address, resource);
    if (patient) return this.nameOf(this.newest(patient), field);
    if (this.mapping.person.systems.length > 0)
      throw new WrongLine(`${field}.reference`, 'leads to a patient in the same file.');
    const id = /(?:^|\/)Patient\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/.*)?$/.exec(address)?.[1];
    if (id === undefined) throw new WrongLine(`${field}.reference`, 'names a patient.');
    return id;
  }

  private find(address: string, resource: Json): Json | undefined {
    if (address.startsWith('#')) {
      const id = address.slice(1);
      return listOf(resource.contained).find(
        (one): one is Json => isObject(one) && one.resourceType === 'Patient' && one.id === id,
      );
    }
    const plain = address.replace(/\/_history\/.*$/, '');
    return this.known.get(plain) ?? this.known.get(/Patient\/[A-Za-z0-9\-.]{1,64}$/.exec(plain)?.[0] ?? '');
  }

  /** Follows `replaced-by`: the record that stands for the person now. */
  private newest(patient: Json): Json {
    let current = patient;
    for (let steps = 0; steps < MOST_LINKS; steps++) {
      const link = listOf(current.link).find(
        (one): one is Json => isObject(one) && one.type === 'replaced-by',
      );
      const address = link && isObject(link.other) ? textOf(link.other.reference) : null;
      const next = address === null ? undefined : this.find(address, current);
      if (!link) return current;
      if (!next)
        throw new WrongLine('patient.link', 'the record that replaced this one is in the same file.');
      current = next;
    }
    throw new WrongLine('patient.link', 'links of records do not go round.');
  }

  private nameOf(patient: Json, field: string): string {
    const found = this.identifierOf(listOf(patient.identifier));
    if (found !== null) return found;
    const id = textOf(patient.id);
    if (this.mapping.person.systems.length > 0 || id === null)
      throw new WrongLine(field, 'leads to a patient with an identifier of a system that the pack names.');
    return id;
  }

  private identifierOf(identifiers: readonly unknown[]): string | null {
    for (const system of this.mapping.person.systems) {
      for (const one of identifiers) {
        const value = isObject(one) && one.system === system && one.use !== 'old' ? textOf(one.value) : null;
        if (value !== null && value.length <= 200) return value;
      }
    }
    return null;
  }
}
