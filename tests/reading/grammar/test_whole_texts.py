"""Invented policies, whole: what is asked, who is shut out, what goes to a person."""

from typing import NamedTuple

import pytest

from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.findings import spell


class Read(NamedTuple):
    """A text, its conditions as `spell` writes them, and what was left to a person."""

    text: str
    conditions: list[str]
    left: list[str]


TEXTS = [
    Read(
        "困难残疾人生活补贴和重度残疾人护理补贴实施办法。一、补贴对象。（一）困难残疾人生活补"
        "贴对象为具有本区户籍、持有第二代残疾人证，且属于最低生活保障家庭或者低保边缘家庭的残"
        "疾人。（二）重度残疾人护理补贴对象为具有本区户籍、残疾等级被评定为一级、二级且需要长"
        "期照护的重度残疾人。二、享受孤儿基本生活保障政策的残疾儿童不享受困难残疾人生活补贴，"
        "可享受重度残疾人护理补贴。残疾人证有效期外的不予发放。领取工伤保险生活护理费、纳入特"
        "困人员供养范围的残疾人不享受残疾人两项补贴。三、申请由残疾人或其法定监护人向户籍所在"
        "地街道办事处提出。",
        [
            "household_area within 370104",
            "((disability has (grade le 4) & welfare_st"
            "atus any_of dibao,dibao_margin) | (disabil"
            "ity has (grade in 1,2) & care_need is True"
            "))",
            "not benefits_received any_of orphan_living",
            "not benefits_received any_of injury_care",
            "not welfare_status any_of tekun",
        ],
        [],
    ),
    Read(
        "青年驿站免费住宿实施方案。毕业3年内来济求职、面试、实习的全日制高校毕业生和2026"
        "届应届毕业生，可申请最长7天免费入住。非济南市户籍，在本市无自有住房、未在本市缴纳社"
        "会保险。已在济就业的不予受理。咨询电话：0531-00000002。",
        [
            "(graduated_on years_le 3 | graduated_on between_dates 2026-01-01,2026-12-31)",
            "education_mode eq full_time",
            "not household_area within 370100",
            "homes_owned none (area within 370100 & disposed_on null None)",
            "not employment_status in employed",
        ],
        ["在本市无自有住房、未在本市缴纳社会保险"],
    ),
    Read(
        "关于支持个体工商户融资的若干措施。一、对在本区登记注册、正常经营满1年的个体工商户，"
        "首次获得银行经营性贷款的，按贷款利息的30%给予贴息，最高5000元。二、对入选“名"
        "特优新”个体工商户名录的，给予一次性奖励2000元。三、对个体工商户转型升级为企业、"
        "转企时间不超过2年的，给予一次性补贴1万元。企业、农民专业合作社不适用第一项。失信被"
        "执行人不予支持。本措施自2026年5月1日起施行。",
        [
            "registered_area within 370104",
            "((established_on years_ge 1 & entity_type "
            "in individual_business & loans has (kind e"
            "q operating & lender eq bank & first_ever is True)) | quali"
            "fications has (code eq famous_individual) "
            "| (not converted_from_individual_on null N"
            "one & converted_from_individual_on years_l"
            "e 2))",
            "not entity_type in llc,joint_stock,sole_prop,partnership,cooperative",
            "not credit_records has (list in judgment_defaulter & removed_on null None)",
        ],
        [],
    ),
    Read(
        "高新技术企业培育奖励办法。第一条 支持对象为在槐荫区注册、纳税，具有独立法人资格的企"
        "业。第二条 对首次通过认定的高新技术企业奖励20万元，对重新认定的奖励10万元；对首"
        "次纳入科技型中小企业库的奖励1万元。第三条 对年度研发费用500万元以上且占营业收入"
        "比重5%以上的企业，按增量的5%给予补助，最高100万元。第四条 近三年内发生重大安"
        "全、环保事故，或被列入严重失信名单的，不予支持。",
        [
            "registered_area within 370104",
            "tax_area within 370104",
            "entity_type in llc,joint_stock,cooperative",
            "(qualifications has (code eq high_tech & r"
            "eview eq new) | qualifications has (code e"
            "q tech_sme & review eq new) | (rd_expense "
            "ge 500 & rd_ratio ge 5))",
            "not credit_records has (list in serious_illegal & removed_on null None)",
            "not adverse_events has (kind in safety,env"
            "ironment & severity in major,severe & occu"
            "rred_on years_lt 3)",
        ],
        [],
    ),
    Read(
        "规模以上工业企业“小升规”奖励。对2026年首次升规入统的工业企业奖励10万元，次年"
        "产值增速超过10%的再奖励5万元。注册地、统计关系、税收关系均在本区。退库后重新入库"
        "的企业不享受。由区统计局提供名单，免申即享，企业无需申报。",
        [
            "registered_area within 370104",
            "tax_area within 370104",
            "statistics_area within 370104",
            "statistics_inclusion has (kind eq industry"
            " & first is True & entered_on between_date"
            "s 2026-01-01,2026-12-31 & left_on null Non"
            "e)",
        ],
        ["退库后重新入库的企业不享受"],
    ),
    Read(
        "老旧小区加装电梯补助公告。补助对象为振兴街街道、道德街街道范围内2000年底前建成的"
        "小区的房屋所有权人，承租人不享受。申请人携带不动产权证到社区登记，登记截止2026年"
        "12月15日。",
        [
            "homes_owned has (area within 370104001,370104003 & disposed_on null None)",
        ],
        [],
    ),
    Read(
        "种粮大户补贴公告。对在我区流转土地种植小麦、玉米50亩以上（含50亩）的种粮大户、家"
        "庭农场、农民专业合作社，每亩补贴80元。非粮食作物不予补贴。申报截止日期为2026年"
        "11月20日。",
        [
            "farm_area_mu ge 50",
            "(entity_type in family_farm,cooperative | None manual None)",
        ],
        [],
    ),
    Read(
        "跨境电商扶持。对在我区注册的跨境电商企业，年出口额达到1000万元的，给予5万元奖励"
        "；达到5000万元的，给予20万元奖励。企业须无不良信用记录。",
        [
            "registered_area within 370104",
            "business_types any_of e_commerce",
            "export_value ge 1000",
        ],
        [],
    ),
    Read(
        "老年人助餐补贴办法。凡户籍在槐荫区且年满60周岁的特困供养人员、低保对象、计划生育特"
        "殊家庭老年人，以及年满80周岁的独居、空巢老年人，在长者食堂用餐每餐补贴3元。失能老"
        "年人不受年龄限制，每餐另补送餐费2元。入住养老机构的老年人不享受本补贴。由户籍地街道"
        "办事处受理。本办法自2026年3月1日起施行。",
        [
            "household_area within 370104",
            "(birth_date age_ge 60 | ability_level ge mild)",
            "(welfare_status any_of tekun,dibao | famil"
            "y_planning_status any_of special_family | "
            "((birth_date age_ge 80 | ability_level ge "
            "mild) & living_arrangement in alone,empty_"
            "nest))",
            "not care_setting in institution",
        ],
        [],
    ),
    Read(
        "企业招用补贴通知。一、补贴对象：在本区注册的小微企业、个体工商户和民办非企业单位，劳"
        "务派遣企业除外。二、补贴条件：招用登记失业6个月以上人员或毕业年度、离校两年内未就业"
        "高校毕业生，签订1年以上劳动合同并缴纳职工社会保险费满3个月。三、每招用1人给予10"
        "00元补贴，由区公共就业和人才服务中心受理。",
        [
            "registered_area within 370104",
            "(size_class in micro,small | entity_type i"
            "n individual_business,private_nonenterpris"
            "e)",
            "(new_hires has (category any_of unemployed & unemployed_months ge 6"
            " & contract_months ge 12 & insured_months ge 3) | new_hires has (category any_of "
            "graduate_this_year,graduate_2y & contract_months ge 12 & insured_months ge 3))",
            "not business_types any_of labour_dispatch",
        ],
        [],
    ),
    Read(
        "困难老年人家庭。补贴对象为房屋坐落在营市街街道并登记在本人名下的60周岁以上老年人家"
        "庭，租住他人房屋的不在范围内。",
        [
            "homes_owned has (area within 370104006 & disposed_on null None)",
            "birth_date age_ge 60",
        ],
        ["租住他人房屋的不在范围内"],
    ),
    Read(
        "关于做好冬季取暖救助的通知。救助对象为：1.最低生活保障对象；2.分散供养特困人员；"
        "3.低保边缘家庭中的重度残疾人和重病患者；4.因火灾等突发事件造成基本生活困难的家庭"
        "。每户发放500元。已享受集中供暖减免的，不重复发放。",
        [
            "(welfare_status any_of dibao,tekun | (welfare_status any_of "
            "dibao_margin & (disability has (grade in 1"
            ",2) | serious_illness is True)) | hardship"
            "_events has (kind in fire))",
        ],
        ["已享受集中供暖减免的"],
    ),
    Read(
        "文旅消费奖励。对经营地在槐荫区、取得旅行社业务经营许可的旅行社，全年组织来济过夜游客"
        "超过1000人次的，每人次奖励10元，最高20万元；被评为4A级以上旅行社的，另奖5"
        "万元。因旅游投诉被行政处罚的不予奖励。",
        [
            "business_area within 370104",
            "qualifications has (code eq travel_agency_licence)",
            "business_types any_of travel_agency",
            "tourists_received gt 1000",
            "not adverse_events has (kind in tourism)",
        ],
        [],
    ),
    Read(
        "家庭农场奖补。支持对象为在我区登记注册满两年的家庭农场和农民专业合作社，种植粮食面积"
        "100亩以上或带动农户20户以上。被评为市级以上示范家庭农场、示范社的优先。发生农产"
        "品质量安全事故的一票否决。",
        [
            "registered_area within 370104",
            "established_on years_ge 2",
            "entity_type in family_farm,cooperative",
            "(farm_area_mu ge 100 | driven_households ge 20)",
            "not adverse_events has (kind in quality)",
        ],
        [],
    ),
    Read(
        "外贸稳增长。对年出口额增长10%以上且超过1000万元的企业给予5万元奖励；投保出口"
        "信用保险的，按保费的30%补助。企业须在本区登记注册并依法纳税，信用状况良好。",
        [
            "registered_area within 370104",
            "tax_area within 370104",
            "((export_growth ge 10 & export_value gt 1000) | export_insurance_premium gt 0)",
        ],
        [],
    ),
    Read(
        "失业保险技能提升补贴。依法参加失业保险累计满12个月，且2026年1月1日以后取得初"
        "级（五级）、中级（四级）、高级（三级）职业资格证书或职业技能等级证书的企业在职职工，"
        "自证书核发之日起12个月内可申请。",
        [
            "unemployment_insurance_months ge 12",
            "skill_certified_on on_or_after 2026-01-01",
            "skill_level ge level5",
            "skill_certified_on months_le 12",
        ],
        [],
    ),
    Read(
        "退役军人优待。退役军人、烈士遗属、因公牺牲军人遗属、病故军人遗属、现役军人家属凭优待"
        "证免费乘坐公交。",
        [
            "(veteran_type in "
            "self_employed,gov_assigned,transferred,demobilized,monthly_pension,self_career,retired,supported"
            " | preferential"
            "_status any_of martyr_family,line_of_duty_"
            "family,illness_family,active_service_famil"
            "y)",
        ],
        [],
    ),
    Read(
        "商贸首店奖励。2026年在我区新开设并经市商务部门认定的山东首店、济南首店，营业面积"
        "200平方米以上且正常经营满6个月的，分别给予30万元、10万元奖励。连锁直营分公司"
        "参照执行。",
        [
            "business_area within 370104",
            "qualifications has (code eq first_store & level in province,city)",
            "premises_area ge 200",
            "established_on months_ge 6",
        ],
        [],
    ),
    Read(
        "普惠托育补助。补助对象：在我区登记注册、经卫生健康部门备案的普惠托育机构，且实际收托"
        "人数不少于10人。托育机构存在安全责任事故或骗取补助资金行为的，三年内不得申请。",
        [
            "registered_area within 370104",
            "qualifications has (code eq childcare_filing)",
            "qualifications has (code eq inclusive_childcare)",
            "not adverse_events has (kind in safety,fraud_subsidy & occurred_on years_lt 3)",
        ],
        [],
    ),
    Read(
        "专精特新企业融资补助。支持对象：注册地和纳税地均在我区，有效期内的市级及以上专精特新"
        "中小企业、省级创新型中小企业。条件：纳税信用等级A级或B级；资产负债率不高于70%；"
        "无贷款逾期记录。按2026年度新增贷款利息的20%补助。",
        [
            "registered_area within 370104",
            "tax_area within 370104",
            "(qualifications has (code eq srdi & level "
            "in city,province,nation & valid_to on_or_a"
            "fter_as_of None) | qualifications has (cod"
            "e eq innovative_sme & level eq province & "
            "valid_to on_or_after_as_of None))",
            "tax_credit_grade ge B",
            "loan_overdue is False",
        ],
        ["资产负债率不高于70%"],
    ),
    Read(
        "农民合作社奖补。示范合作社奖补对象须同时具备：（1）依法登记满2年；（2）入社成员5"
        "0户以上；（3）获得绿色食品或有机产品认证；（4）未列入经营异常名录。",
        [
            "qualifications has (code eq model_coop)",
            "established_on years_ge 2",
            "coop_members ge 50",
            "qualifications has (code in green_food,organic & valid_to on_or_after_as_of None)",
            "not credit_records has (list in abnormal & removed_on null None)",
        ],
        [],
    ),
    Read(
        "绿色工厂奖励。对2025年度获得国家级绿色工厂称号的企业奖励50万元；省级的奖励20"
        "万元。企业存在环境违法行为或发生较大以上安全事故的，取消奖励资格。",
        [
            (
                "(qualifications has (code eq green_factory & level eq nation & batch_year eq 2025)"
                " | qualifications has (code eq green_factory & level eq province "
                "& batch_year eq 2025))"
            ),
            "not adverse_events has (kind in environment)",
            "not adverse_events has (kind in safety & severity in larger,major,severe)",
        ],
        [],
    ),
    Read(
        "灵活就业社保补贴。离校2年内未就业的高校毕业生、就业困难人员实现灵活就业并以个人身份"
        "缴纳职工养老保险费的，按实际缴费的60%给予补贴。距法定退休年龄不足5年的可延长至退"
        "休。已享受单位社保补贴的除外。",
        [
            "(graduated_on years_le 2 | hard_to_employ is True)",
            "employment_status eq flexible",
            "pension_type eq individual",
        ],
        ["已享受单位社保补贴的除外"],
    ),
    Read(
        "高层次人才补助。在槐荫区企业全职工作满1年、年龄45周岁以下、经认定的D类及以上人才"
        "，每年补助5万元。机关事业单位人员除外。",
        [
            "employer_area within 370104",
            "employer_type in enterprise",
            "job_started_on years_ge 1",
            "birth_date age_le 45",
            "talent_category ge D",
            "not employer_type in institution,government",
        ],
        [],
    ),
    Read(
        "社保补贴。小微企业招用高校毕业生，应同时符合：（一）签订1年以上劳动合同；（二）连续"
        "缴纳职工养老保险满6个月；（三）工资不低于最低工资标准。",
        [
            "size_class in micro,small",
            "new_hires has (category any_of graduate_th"
            "is_year,graduate_2y & contract_months ge 1"
            "2 & insured_months ge 6 & wage_ok is True)",
        ],
        [],
    ),
]


@pytest.mark.parametrize("read", TEXTS, ids=lambda read: read.text[:12])
def test_a_text_is_read_as_a_clerk_would(read: Read) -> None:
    found = draft(["标题", read.text], area_code="370104")

    assert [spell(node) for node in found.rule["all"]] == read.conditions
    assert list(found.needs_person) == read.left
